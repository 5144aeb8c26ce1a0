import { readStepFolders, type StepFolder } from '../steps/step-folders.ts';
import { closest } from '../text/closest.ts';
import { LearnerError } from '../text/learner-error.ts';

/**
 * The steps of the workshop, which has to be there.
 *
 * @throws LearnerError when the folder holds no workshop
 */
export function requireSteps(root: string): StepFolder[] {
  const steps = readStepFolders(root);
  if (steps.length === 0) {
    throw new LearnerError(
      `There are no steps in ${root}: no folder of workshop/ has a step.spec.ts. Run this in the project's folder.`,
    );
  }
  return steps;
}

/**
 * Finds the step that is meant.
 *
 * @param typed its number (`2`, `02`), its folder (`02-encrypt-with-cache`, also as a path), or a part of the
 *   folder's name that no other step has (`encrypt`), from the beginning of a word: `all` is not for `share-the-first-call`
 * @throws LearnerError that suggests a step, and names them all
 */
export function stepByName(steps: StepFolder[], typed: string): StepFolder {
  const wanted = withoutPath(typed).toLowerCase();
  const exact = steps.find(({ name }) => name.toLowerCase() === wanted);
  if (exact) return exact;
  if (/^\d+$/.test(wanted)) {
    const numbered = steps.find(({ number }) => number === Number(wanted));
    if (numbered) return numbered;
    throw new LearnerError(`There is no step ${Number(wanted)}.\n${listOf(steps)}`);
  }
  const matching = wanted ? steps.filter(({ name }) => `-${name}`.toLowerCase().includes(`-${wanted}`)) : [];
  if (matching.length > 1) {
    throw new LearnerError(`"${typed}" fits ${matching.length} steps.\n${listOf(matching)}`);
  }
  return matching[0] ?? fail(steps, typed, wanted);
}

/** The steps, one a line, for a message that asks for one of them. */
export function listOf(steps: StepFolder[]): string {
  return ['The steps are:', ...steps.map(({ number, name }) => `  ${number}  ${name}`)].join('\n');
}

function fail(steps: StepFolder[], typed: string, wanted: string): never {
  const words = new Map(
    steps.flatMap(({ name }) => [name, ...name.split('-')].map((word) => [word, name] as const)),
  );
  const word = closest(wanted, [...words.keys()]);
  const suggestion = word ? ` Did you mean ${words.get(word)}?` : '';
  throw new LearnerError(`There is no step "${typed}".${suggestion}\n${listOf(steps)}`);
}

/** `workshop/02-encrypt-with-cache/exercise.ts`, as a shell completes it, names the step too. */
function withoutPath(typed: string): string {
  const parts = typed.split(/[/\\]/).filter(Boolean);
  return parts[parts.indexOf('workshop') + 1] ?? typed;
}
