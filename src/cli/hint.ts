import { hintsShown, rememberHintsShown } from '../state/hints-shown.ts';
import { type Hint, hintsFile, readHints } from '../steps/hints.ts';
import type { StepFolder } from '../steps/step-folders.ts';
import { LearnerError } from '../text/learner-error.ts';
import { indent, paint, renderMarkdown } from '../text/look.ts';
import { nextStep, stepsNotPossible } from './progress-sheet.ts';
import { requireSteps, stepByName } from './step-by-name.ts';

/**
 * Gives one more hint of a step each time.
 *
 * @param typed the step, by its name; the next one to do when left out
 * @param again gives those that were shown already instead
 * @param forMore says how to get the next hint, instead of this command
 * @returns the text to print
 * @throws LearnerError when there is no such step, when there are several, or it has no hints
 */
export function hint(
  root: string,
  [typed, ...more]: string[],
  { again = false, forMore }: { again?: boolean; forMore?: string } = {},
): string {
  const steps = requireSteps(root);
  if (more.length) {
    throw new LearnerError(`Name one step at a time: npm run hint -- ${typed}`);
  }
  const step = typed === undefined ? nextStep(root) : stepByName(steps, typed);
  if (!step) {
    const which = stepsNotPossible(root).length ? 'Every step that is possible here' : 'Every step';
    return `${which} is done. For the hints of one, name it: npm run hint -- 2`;
  }

  const hints = readHints(root, step.name);
  if (hints.length === 0) {
    throw new LearnerError(
      `Step ${step.number} has no hints: ${hintsFile(step.name)} has no section "## ...".`,
    );
  }
  const shown = Math.min(hintsShown(root, step.name), hints.length);
  if (again) return showAgain(step, hints, shown);

  const next = hints[shown];
  if (!next) return allShown(step, hints.length);
  rememberHintsShown(root, step.name, shown + 1);
  return [show(step, next, shown + 1, hints.length), left(step, hints.length - shown - 1, forMore)].join(
    '\n\n',
  );
}

function show({ number, title }: StepFolder, hint: Hint, level: number, levels: number): string {
  const heading = `${paint.bold(`Step ${number}, ${title}`)}  ${paint.dim(`hint ${level} of ${levels}:`)} ${hint.title}`;
  const width = Math.min(process.stdout.columns ?? 80, 100);
  return `${heading}\n\n${indent(renderMarkdown(hint.text, width - 4))}`;
}

function showAgain(step: StepFolder, hints: Hint[], shown: number): string {
  if (shown === 0) return `You have seen no hint of step ${step.number} yet: npm run hint -- ${step.number}`;
  const texts = hints.slice(0, shown).map((hint, index) => show(step, hint, index + 1, hints.length));
  return [...texts, left(step, hints.length - shown)].join('\n\n');
}

function left({ number }: StepFolder, count: number, forMore = `npm run hint -- ${number}`): string {
  if (count === 0)
    return paint.dim(`That was the last hint. To use the reference: npm run solve -- ${number}`);
  return paint.dim(`${count} more: ${forMore}`);
}

function allShown({ number }: StepFolder, levels: number): string {
  return [
    `All ${levels} hints of step ${number} were shown.`,
    `  to read them again       npm run hint -- ${number} --again`,
    `  the reference instead    npm run solve -- ${number}`,
  ].join('\n');
}
