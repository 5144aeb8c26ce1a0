import type { Page } from '../text/layout.ts';
import { wrap } from '../text/layout.ts';
import { printable } from '../text/printable.ts';
import type { MissingNeed } from './model.ts';

/** Renders the operations that the endpoint lacks, its answers, and the steps that need them. */
export function renderLacks(missing: MissingNeed[], page: Page): string[] {
  if (missing.length === 0) return [];
  const { bold, magenta } = page.colors;
  return [
    ` ${magenta('∅')} ${bold('This endpoint lacks some of what the workshop needs.')}`,
    '',
    ...missing.flatMap((each) => renderMissing(each, page)),
    '',
    ...wrap('All steps are possible on the local AWS: unset WORKSHOP_TARGET.', page.width - 4).map(
      (line) => `   ${line}`,
    ),
    '',
  ];
}

function renderMissing({ need, why, steps }: MissingNeed, page: Page): string[] {
  const { dim } = page.colors;
  const [first = '', ...rest] = wrap(printable(`${need}: ${why}`), page.width - 6);
  return [
    `   ${first}`,
    ...rest.map((line) => `     ${line}`),
    `     ${dim(`→ ${stepsInWords(steps)} not possible here`)}`,
    ...(need === 'kms:ScheduleKeyDeletion'
      ? [`     ${dim("→ nothing deletes the run's key: it stays there")}`]
      : []),
  ];
}

/** Such as "step 4 is". */
export function stepsInWords(steps: number[]): string {
  if (steps.length === 1) return `step ${steps[0]} is`;
  return `steps ${steps.slice(0, -1).join(', ')} and ${steps.at(-1)} are`;
}
