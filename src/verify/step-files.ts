import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readText } from '../steps/step-files.ts';

/** A plausible mistake that is kept beside a step. */
export interface WrongAnswer {
  /** The file's name without `.ts`. */
  name: string;
  /** Relative to the repository. */
  file: string;
  /** What the mistake is: the text of the first line, `// Wrong: …`. */
  mistake: string;
  /** A part of the message that the spec must give: the text of the second line, `// Says: …`. */
  says: string;
}

/** The files of a step that the proof reads. A file that isn't there has an empty text. */
export interface StepFiles {
  /** The folder's name, such as `02-encrypt-with-cache`. */
  name: string;
  /** Relative to the repository. */
  folder: string;
  exercise: string;
  solution: string;
  spec: string;
  wrongAnswers: WrongAnswer[];
}

/** The names of all folders of `workshop/`, in the order of their numbers. */
export function stepFolderNames(root: string): string[] {
  return readdirSync(join(root, 'workshop'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Reads a step, complete or not. */
export function readStep(root: string, name: string): StepFiles {
  const folder = `workshop/${name}`;
  const text = (file: string) => readText(root, `${folder}/${file}`) ?? '';
  return {
    name,
    folder,
    exercise: text('exercise.ts'),
    solution: text('solution.ts'),
    spec: text('step.spec.ts'),
    wrongAnswers: wrongAnswerFiles(root, folder).map((file) => readWrongAnswer(root, file)),
  };
}

function wrongAnswerFiles(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder, 'wrong'))
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => `${folder}/wrong/${file}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readWrongAnswer(root: string, file: string): WrongAnswer {
  const [first = '', second = ''] = (readText(root, file) ?? '').split('\n');
  return {
    name: basename(file, '.ts'),
    file,
    mistake: /^\/\/ Wrong: (.+)$/.exec(first)?.[1]?.trim() ?? '',
    says: /^\/\/ Says: (.+)$/.exec(second)?.[1]?.trim() ?? '',
  };
}
