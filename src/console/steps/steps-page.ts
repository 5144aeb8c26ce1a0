import { html } from 'hono/html';
import { printable } from '../../text/printable.ts';
import type { Html } from '../page.ts';
import type { ShownStep } from './shown-step.ts';

/** As the terminal shows them. Any other state has the last one. */
const signs: Record<string, string> = {
  done: '✔',
  wrong: '✘',
  'to do': '○',
  running: '▸',
  'not possible here': '∅',
  skipped: '↷',
  changed: '~',
};

/** All steps with their states. */
export function stepList(steps: ShownStep[], current: string): Html {
  return html`<ol class="steps" id="step-list">${steps.map(
    ({ number, name, title, state }) =>
      html`<li><a href="/steps/${name}" ${name === current ? html`aria-current="true"` : ''}><span class="sign ${classOf(state)}" aria-hidden="true">${signs[state] ?? '·'}</span>
<span>${number}. ${printable(title)}</span> <small>${state}</small></a></li>`,
  )}</ol>`;
}

function classOf(state: string): string {
  return `is-${state.replaceAll(' ', '-')}`;
}

/** The state of one step, and what is wrong or next. A screen reader says it when it changes. */
export function stepStatus({ state, detail, failure }: ShownStep, learned: string | undefined): Html {
  return html`<div id="step-status" role="status"><p class="state ${classOf(state)}"><span aria-hidden="true">${signs[state] ?? '·'}</span> ${state}${
    detail ? html` <small>${detail}</small>` : ''
  }</p>
${failure ? html`<pre tabindex="0" aria-label="What the terminal says">${failure}</pre>` : ''}
${state === 'done' && learned ? html`<p class="verdict is-shared"><strong>What you learned.</strong> ${printable(learned)}</p>` : ''}</div>`;
}

/** The hints that the learner has asked for, which may be none. */
export function hintList(hints: { title: string; text: Html }[]): Html {
  return html`<div id="step-hints">${hints.length > 0 ? html`<h2>Hints you asked for</h2>` : ''}${hints.map(
    ({ title, text }, index) =>
      html`<details><summary>${index + 1}. ${printable(title)}</summary>${text}</details>`,
  )}</div>`;
}

/** One step with its lesson. */
export function stepArticle({ number, title }: ShownStep, status: Html, hints: Html, lesson: Html): Html {
  return html`<article class="lesson"><h1>${number}. ${printable(title)}</h1>
${status}${hints}
<section aria-label="Lesson">${lesson}</section></article>`;
}
