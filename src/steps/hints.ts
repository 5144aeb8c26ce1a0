import { readText } from './step-files.ts';

/** One level of help with a step; a higher one gives away more. */
export interface Hint {
  /** Without the level's number, such as `A nudge`. */
  title: string;
  /** Markdown. */
  text: string;
}

/** The hints of a step, from a nudge to nearly the code: each `## ` section of its `hints.md` is one. */
export function readHints(root: string, step: string): Hint[] {
  const hints: Hint[] = [];
  let inCode = false;
  for (const line of (readText(root, hintsFile(step)) ?? '').split('\n')) {
    if (/^\s*```/.test(line)) inCode = !inCode;
    const heading = inCode ? undefined : /^## (?:\d+[.:]?\s+)?(.+)$/.exec(line)?.[1];
    const hint = hints.at(-1);
    if (heading) hints.push({ title: heading.trim(), text: '' });
    else if (hint) hint.text += `${line}\n`;
  }
  return hints.map(({ title, text }) => ({ title, text: text.trim() }));
}

export function hintsFile(step: string): string {
  return `workshop/${step}/hints.md`;
}
