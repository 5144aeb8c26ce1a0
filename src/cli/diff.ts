import { type StructuredPatchHunk, structuredPatch } from 'diff';
import { filesOf, readText } from '../steps/step-files.ts';
import { LearnerError } from '../text/learner-error.ts';
import { paint } from '../text/look.ts';
import { printable } from '../text/printable.ts';
import { readProgress } from './progress-sheet.ts';
import { listOf, requireSteps, stepByName } from './step-by-name.ts';

/**
 * Compares the learner's exercise with the reference solution, which is shown only after the step is done.
 *
 * @param typed the step, by its name
 * @param anyway shows the difference before the step is done
 * @returns the text to print
 * @throws LearnerError when no step is named, several are, or a file is missing
 */
export function diff(root: string, typed: string[], { anyway = false } = {}): string {
  const steps = requireSteps(root);
  const [name, ...more] = typed;
  if (name === undefined || more.length > 0) {
    throw new LearnerError(`Name one step: npm run diff -- ${steps[0]?.number}\n${listOf(steps)}`);
  }
  const step = stepByName(steps, name);
  const state = readProgress(root).steps[step.name]?.state;
  if (state === 'to do' && !anyway) {
    return [
      `Step ${step.number} is not done yet, and the difference shows the solution.`,
      `  a hint instead       npm run hint -- ${step.number}`,
      `  show it anyway       npm run diff -- ${step.number} --anyway`,
    ].join('\n');
  }
  const { exercise, solution } = filesOf(step.name);
  const { hunks } = structuredPatch('', '', read(root, exercise), read(root, solution), '', '', {
    context: 3,
  });
  if (hunks.length === 0) return `${exercise} is the reference solution.`;
  return [
    paint.bold(`Step ${step.number}, ${step.title}`),
    paint.red(`- ${exercise}`),
    paint.green(`+ ${solution}`),
    ...hunks.flatMap(showHunk),
  ].join('\n');
}

function read(root: string, file: string): string {
  const text = readText(root, file);
  if (text === undefined) {
    throw new LearnerError(`${file} is missing. Get the file again from where you got the workshop.`);
  }
  return text;
}

function showHunk({ oldStart, lines }: StructuredPatchHunk): string[] {
  return [
    '',
    paint.dim(`  line ${oldStart}`),
    ...lines.map(printable).map((line) => {
      if (line.startsWith('-')) return paint.red(line);
      if (line.startsWith('+')) return paint.green(line);
      return paint.dim(line);
    }),
  ];
}
