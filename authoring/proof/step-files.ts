import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../src/steps/step-files.ts';
import { type Answers, readAnswers } from './answers.ts';

/** The files of a step that the proof reads. A file that isn't there has an empty text. */
export interface StepFiles extends Answers {
  /** The folder's name, such as `02-encrypt-with-cache`. */
  name: string;
  /** Relative to the repository. */
  folder: string;
  lesson: string;
  exercise: string;
  solution: string;
  spec: string;
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
    lesson: text('README.md'),
    exercise: text('exercise.ts'),
    solution: text('solution.ts'),
    spec: text('step.spec.ts'),
    ...readAnswers(`${folder}/answers.md`, text('answers.md'), text('solution.ts')),
  };
}
