import { filesOf, readText } from '../steps/step-files.ts';

/** A TODO of an exercise. */
export interface ExerciseTodo {
  number: number;
  /** The instruction, such as `make the keyring`. */
  title: string;
  /** True until the learner has replaced it. */
  isLeft: boolean;
  /** The line of the exercise where it is, or where its comment still is. */
  line?: number;
}

/** The TODOs that an exercise was shipped with, and those that the learner has added, in the order of their numbers. */
export function readTodos(root: string, step: string): ExerciseTodo[] {
  const files = filesOf(step);
  const exercise = readText(root, files.exercise) ?? '';
  const shipped = findCalls(readText(root, files.shipped) ?? '');
  const left = findCalls(exercise);
  return [...new Map([...shipped, ...left])]
    .sort(([a], [b]) => a - b)
    .map(([number, title]) => ({
      number,
      title,
      isLeft: left.has(number),
      line: findLine(exercise, number),
    }));
}

/** The calls of `todo('TODO 2: make the keyring')` in a source, by number, those in comments left out. */
function findCalls(source: string): Map<number, string> {
  const code = source.replace(/^\s*\/\/.*$/gm, '');
  const calls = code.matchAll(/\btodo\(\s*(['"`])TODO (\d+): (.*?)\1/g);
  return new Map([...calls].map(([, , number, title = '']) => [Number(number), title]));
}

function findLine(source: string, number: number): number | undefined {
  const call = new RegExp(`\\btodo\\(\\s*['"\`]TODO ${number}:`);
  const comment = new RegExp(`//\\s*(TODO ${number}:|${number}\\. )`);
  const lines = source.split('\n');
  const index = [call, comment].map((pattern) => lines.findIndex((line) => pattern.test(line)));
  const first = index.find((at) => at >= 0);
  return first === undefined ? undefined : first + 1;
}
