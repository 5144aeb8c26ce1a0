import { readHints } from '../../src/steps/hints.ts';
import { readText } from '../../src/steps/step-files.ts';
import { readStep, type StepFiles } from './step-files.ts';

const levelsOfHints = 3;
const wrongAnswersPerStep = 3;
const validVariantsPerStep = 5;

/** The purpose of each file of a step, and how to get one that is missing. */
const files = {
  'README.md': 'the lesson: begin it with "# " and the title, then say what the step is about and why',
  'exercise.ts': 'what the learner edits: the solution with its numbered blocks taken out',
  'exercise.ts.shipped': 'what reset brings back: a copy of exercise.ts',
  'solution.ts': 'the reference, in blocks that begin with comments like "// 1. Make the keyring."',
  'step.spec.ts': 'the tests: each calls the exercise, and asserts what it did',
  'needs.json':
    'what the step needs of an account, such as ["kms:CreateKey"]: where it is lacking, the step is skipped',
  'answers.md': 'wrong answers and valid variants, as edits of the solution: see CONTRIBUTING.md',
  'hints.md': 'the hints: at least three sections that begin with "## ", from a nudge to nearly the code',
};

/** Says what is missing in a step, and what to do about it. An empty list means that it is complete. */
export function complainOfGaps(root: string, name: string): string[] {
  const folder = `workshop/${name}`;
  const text = (file: string) => readText(root, `${folder}/${file}`)?.trim();
  if (!/^\d{2,}-[a-z0-9-]+$/.test(name)) {
    return [
      `${folder} is no step: name it by its place and its subject, such as 06-rotate-the-key, or move it away.`,
    ];
  }
  const missing = Object.entries(files)
    .filter(([file]) => !text(file))
    .map(
      ([file, purpose]) =>
        `${folder}/${file} is ${text(file) === '' ? 'empty' : 'missing'}. It is ${purpose}.`,
    );
  const parts = [
    ...(text('README.md') ? complainOfLesson(folder, text('README.md') ?? '') : []),
    ...(text('hints.md') ? complainOfHints(root, folder, name) : []),
    ...complainOfAnswers(readStep(root, name)),
  ];
  const isShipped = text('exercise.ts') === text('exercise.ts.shipped');
  return [
    ...missing,
    ...parts,
    ...(isShipped || missing.length > 0
      ? []
      : [
          `${folder}/exercise.ts is not as shipped: "npm run reset -- ${Number.parseInt(name, 10)}" brings it back. ` +
            'If you changed it on purpose, copy it to exercise.ts.shipped.',
        ]),
  ];
}

function complainOfLesson(folder: string, lesson: string): string[] {
  return /^# \S/.test(lesson) ? [] : [`${folder}/README.md has no title: begin it with "# " and the title.`];
}

function complainOfHints(root: string, folder: string, name: string): string[] {
  const hints = readHints(root, name);
  return [
    ...(hints.length < levelsOfHints
      ? [
          `${folder}/hints.md has ${hints.length} of at least ${levelsOfHints} levels: ` +
            'begin each with "## ", from a nudge to nearly the code.',
        ]
      : []),
    ...hints
      .filter(({ text }) => !text)
      .map(({ title }) => `${folder}/hints.md: the level "${title}" is empty.`),
  ];
}

function complainOfAnswers({ folder, wrongAnswers, validVariants, complaints }: StepFiles): string[] {
  return [
    ...complaints,
    ...(wrongAnswers.length < wrongAnswersPerStep
      ? [
          `${folder}/answers.md has ${wrongAnswers.length} of at least ${wrongAnswersPerStep} wrong answers: ` +
            'add one for each plausible mistake.',
        ]
      : []),
    ...(validVariants.length < validVariantsPerStep
      ? [
          `${folder}/answers.md has ${validVariants.length} of at least ${validVariantsPerStep} valid variants: ` +
            'add answers that are right in another way than the solution.',
        ]
      : []),
  ];
}
