import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { LearnerError } from '../text/learner-error.ts';
import { printable } from '../text/printable.ts';
import type { Account, ShownRun } from './account.ts';
import { callsView } from './calls/calls-view.ts';
import { type Admission, guard } from './guard.ts';
import { keysView } from './keys/keys-view.ts';
import { dropPath, messagesView } from './messages/messages-view.ts';
import { notFoundPage } from './page.ts';
import type { Steps } from './steps/shown-step.ts';
import { stepsView } from './steps/steps-view.ts';

/** The page's own files, which are sent as they are. */
const assets = [
  ...['console', 'controls', 'steps', 'messages', 'keys', 'calls'].map((name) => ({
    name: `${name}.css`,
    type: 'text/css; charset=utf-8',
  })),
  { name: 'console.js', type: 'text/javascript; charset=utf-8' },
  { name: 'icon.svg', type: 'image/svg+xml' },
];

/**
 * The pages of the console.
 *
 * @param run the run whose keys are marked. The messages of all runs are shown
 * @param account whose keys are shown
 */
export function consoleApp(
  admission: Admission,
  run: ShownRun,
  account: Account,
  steps: Steps,
): RequestListener {
  const app = new Hono();
  app.use(guard(admission, dropPath));
  for (const { name, type } of assets) {
    const text = readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
    app.get(`/assets/${name}`, (context) => context.body(text, 200, { 'Content-Type': type }));
  }
  app.get('/', (context) => context.redirect('/steps', 303));
  app.route('/messages', messagesView(dirname(run.outputFolder)));
  app.route('/steps', stepsView(run.root, steps));
  app.route('/keys', keysView(run.name, account));
  app.route('/calls', callsView(run, account));
  // The message of another error may quote what was read.
  app.onError((error, context) => {
    const isForLearner = error instanceof LearnerError;
    const text = isForLearner ? printable(error.message) : `The console made a mistake: ${error.name}`;
    return context.text(`${text}\n`, 500);
  });
  app.notFound((context) => context.html(notFoundPage(), 404));
  return getRequestListener(app.fetch);
}
