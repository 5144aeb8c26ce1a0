import { indent, marks, paint } from '../text/look.ts';
import { printable } from '../text/printable.ts';
import { examine } from './doctor/examine.ts';
import type { Finding } from './doctor/finding.ts';
import { requireSteps } from './step-by-name.ts';

/**
 * Tells, one after the other, whether each thing that the workshop needs is in order, and else how to get it there.
 *
 * @param print takes the text of each finding as soon as it is there
 * @returns whether nothing is wrong
 * @throws LearnerError when the folder holds no workshop
 */
export async function doctor(
  root: string,
  print: (text: string) => void,
  { withKey = false } = {},
): Promise<boolean> {
  // Elsewhere it would find no settings, and nothing wrong with them.
  requireSteps(root);
  let faults = 0;
  for await (const finding of examine(root, withKey)) {
    if (finding.verdict === 'wrong') faults++;
    print(describe(finding));
  }
  print(
    faults === 0
      ? `\n ${paint.bold('All is well.')} Start with: npx vitest`
      : `\n ${paint.bold(summary(faults))}`,
  );
  return faults === 0;
}

const looks: Record<Finding['verdict'], string> = {
  ok: marks.ok,
  wrong: marks.wrong,
  'more than needed': marks.unsure,
  'not there': marks.notPossible,
  'not checked': marks.none,
};

function describe({ subject, verdict, fix, ...finding }: Finding): string {
  const detail = printable(finding.detail);
  const note = verdict === 'not checked' ? paint.dim(`not checked: ${detail}`) : detail;
  const lines = [` ${looks[verdict]} ${paint.bold(subject.padEnd(23))} ${note.replaceAll('\n', '\n   ')}`];
  if (fix) lines.push(indent(`${paint.yellow('→')} ${printable(fix).replaceAll('\n', '\n  ')}`, 3));
  return lines.join('\n');
}

function summary(faults: number): string {
  return faults === 1 ? 'One thing is wrong.' : `${faults} things are wrong.`;
}
