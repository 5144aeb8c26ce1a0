import { Hono } from 'hono';
import { html } from 'hono/html';
import { hintsShown } from '../../state/hints-shown.ts';
import { readHints } from '../../steps/hints.ts';
import { readText } from '../../steps/step-files.ts';
import { whatWasLearned } from '../../steps/step-folders.ts';
import { streamParts } from '../live-parts.ts';
import { type Html, page } from '../page.ts';
import type { ShownStep, Steps } from './shown-step.ts';
import { hintList, stepArticle, stepList, stepStatus } from './steps-page.ts';

/**
 * The steps: their states as they change, their lessons, and the hints that the learner has asked for.
 *
 * @param root the project's folder
 */
export function stepsView(root: string, steps: Steps): Hono {
  const view = new Hono();
  view.get('/', (context) => {
    const all = steps();
    const isLeft = ({ state }: ShownStep) => !['done', 'skipped', 'not possible here'].includes(state);
    const next = all.find(isLeft) ?? all[0];
    if (next) return context.redirect(`/steps/${next.name}`, 303);
    return context.html(page('Steps', 'Steps', nothingYet));
  });
  view.get('/:name', async (context) => {
    const all = steps();
    const step = all.find(({ name }) => name === context.req.param('name'));
    if (!step) return context.notFound();
    const { markdown } = await import('./markdown.ts');
    const lesson = markdown(readText(root, `workshop/${step.name}/README.md`) ?? '');
    const article = stepArticle(step, statusOf(root, step), await hintsOf(root, step), lesson);
    const main = html`<div class="split" data-stream="/steps/${step.name}/stream">
<aside class="side" aria-label="Steps">${stepList(all, step.name)}</aside><div class="content">${article}</div></div>`;
    return context.html(page('Steps', step.title, main));
  });
  view.get('/:name/stream', (context) =>
    streamParts(context, async () => {
      const all = steps();
      const step = all.find(({ name }) => name === context.req.param('name'));
      return step && [stepList(all, step.name), statusOf(root, step), await hintsOf(root, step)];
    }),
  );
  return view;
}

const nothingYet = html`<h1>No steps yet</h1><p>The steps appear here when the first run has begun.</p>`;

function statusOf(root: string, step: ShownStep): Html {
  return stepStatus(step, whatWasLearned(root, step.name));
}

/** The renderer for Markdown is loaded with the first step that is shown. */
async function hintsOf(root: string, { name }: ShownStep): Promise<Html> {
  const { markdown } = await import('./markdown.ts');
  const shown = readHints(root, name).slice(0, hintsShown(root, name));
  return hintList(shown.map(({ title, text }) => ({ title, text: markdown(text) })));
}
