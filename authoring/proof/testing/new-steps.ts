import type { StepProof } from '../proof.ts';
import { changed, smallStep, writeStep } from './small-step.ts';

/** A step with something wrong: what is changed in the small step, and what the proof has to say about it. */
export interface BrokenStep {
  flaw: string;
  changes: Record<string, string | undefined>;
  complaints: [check: keyof StepProof, complaint: string][];
}

/** The folder of the step with nothing wrong. */
export const goodStep = '50-who-manages-the-key';

const whole = smallStep(goodStep);
const textOf = (file: string) => whole[file] ?? '';

/** A broken step for each kind of complaint. Their numbers go on after that of the good one. */
export const brokenSteps: BrokenStep[] = [
  {
    flaw: 'parts are missing',
    changes: {
      'README.md': undefined,
      'hints.md': '## A nudge\n\nKMS knows.\n\n## Where to look\n',
      'answers.md': '## Wrong answers\n\n### no-diff: it is the solution.\n',
    },
    complaints: [
      ['isComplete', 'README.md is missing. It is the lesson: begin it with "# " and the title'],
      ['isComplete', 'hints.md has 2 of at least 3 levels: begin each with "## "'],
      ['isComplete', 'hints.md: the level "Where to look" is empty.'],
      ['isComplete', 'answers.md has 0 of at least 3 wrong answers: add one for each plausible mistake'],
      ['isComplete', 'answers.md has 0 of at least 5 valid variants'],
      ['isComplete', 'no-diff (workshop/51-broken/answers.md:3): it lacks a line "Says: …"'],
    ],
  },
  {
    flaw: 'an answer does not compile, a valid one is rejected, and nothing breaks a parameter',
    changes: {
      'answers.md': changed(textOf('answers.md'), {
        "return 'AWS';": 'return 7;',
        'KeyMetadata?.KeyManager);': "KeyMetadata?.KeyManager && 'AWS');",
        'Breaks: readManager.keyArn\n': '',
      }),
    },
    complaints: [
      [
        'answersCompile',
        "aws-manages-it (workshop/52-broken/answers.md:10) does not compile: (6,3): error TS2322: Type 'number'",
      ],
      [
        'validVariantsAreAccepted',
        'then (workshop/52-broken/answers.md:37) is valid, but "reads who manages the key" rejects it: AssertionError: DescribeKey',
      ],
      ['requestsAreCovered', 'no wrong answer breaks the parameter "readManager.keyArn": add one'],
    ],
  },
  {
    flaw: 'the exercise is already solved',
    changes: { 'exercise.ts': textOf('solution.ts'), 'exercise.ts.shipped': textOf('solution.ts') },
    complaints: [
      [
        'exerciseIsSolutionWithoutBlocks',
        'exercise.ts has no numbered block: begin one with the comment "// TODO 1',
      ],
      ['startsRed', '"reads who manages the key" passes with the exercise as shipped'],
    ],
  },
  {
    flaw: 'the exercise fails for something else than its TODOs',
    changes: {
      'exercise.ts': changed(textOf('exercise.ts'), { "from '#todo'": "from '#to-do'" }),
      'exercise.ts.shipped': textOf('exercise.ts'),
    },
    complaints: [
      ['isComplete', 'exercise.ts is not as shipped: "npm run reset -- 54" brings it back.'],
      ['exerciseIsSolutionWithoutBlocks', "exercise.ts lacks the line import { todo } from '#todo';"],
      ['startsRed', 'The exercise fails outside of its TODOs: Error:'],
    ],
  },
  {
    flaw: 'a test needs a TODO that it does not name, and names one that it does not need',
    changes: { 'step.spec.ts': changed(textOf('step.spec.ts'), { 'todos: [1]': 'todos: [1, 2]' }) },
    complaints: [['everyTodoMatters', '"as you predicted" names TODO 2, but passes without it.']],
  },
  {
    flaw: 'a test blames a TODO that it does not need',
    changes: { 'step.spec.ts': changed(textOf('step.spec.ts'), { 'todos: [1]': 'todos: [1], about: 2' }) },
    complaints: [['startsRed', '"as you predicted" is about TODO 2, but does not name it in meta.todos.']],
  },
  {
    flaw: 'the spec asserts too little',
    changes: {
      'step.spec.ts': changed(textOf('step.spec.ts'), { ".toBe('CUSTOMER')": '.toBeDefined()' }),
    },
    complaints: [
      [
        'wrongAnswersAreRejected',
        'aws-manages-it (workshop/57-broken/answers.md:10) is accepted: the spec has to fail with "You predicted',
      ],
      ['wrongAnswersAreRejected', 'give-the-state (workshop/57-broken/answers.md:18) is accepted'],
      ['everyAssertionMatters', 'could be deleted, and no wrong answer would notice'],
    ],
  },
  {
    flaw: 'a mistake has no message of its own',
    changes: {
      'step.spec.ts': changed(textOf('step.spec.ts'), {
        'You predicted another manager.': 'You predicted another manager: DescribeKey knows the manager.',
      }),
    },
    complaints: [
      ['wrongAnswersAreRejected', 'both fail with "DescribeKey knows the manager": give each mistake'],
    ],
  },
  {
    flaw: 'an assertion says the same as the one before',
    changes: {
      'step.spec.ts': changed(textOf('step.spec.ts'), {
        "  expect(predictManager(), 'You predicted another manager.').toBe('CUSTOMER');":
          "  expect(predictManager(), 'You predicted another manager.').toBe('CUSTOMER');\n" +
          "  expect(predictManager(), 'You predicted another manager, again.').not.toBe('AWS');",
      }),
    },
    complaints: [
      [
        'everyAssertionMatters',
        "expect(predictManager(), 'You predicted another manager.').toBe('CUSTOMER'); can be deleted",
      ],
      ['everyAssertionMatters', "again.').not.toBe('AWS' could be deleted, and no wrong answer would notice"],
    ],
  },
  {
    flaw: 'a hard-coded result passes',
    changes: {
      'step.spec.ts': changed(textOf('step.spec.ts'), {
        "await readManager('alias/not-there').catch((e: Error) => e)": 'new Error()',
      }),
    },
    complaints: [
      [
        'foulPlayIsNoticed',
        'Functions that give their first result again and do nothing more passes: the spec is fooled.',
      ],
    ],
  },
];

/** Writes the good step and the broken ones into a copy of the project, and returns their folders' names, in this order. */
export function writeNewSteps(root: string): string[] {
  writeStep(root, goodStep, whole);
  const names = brokenSteps.map((_, index) => `${index + 51}-broken`);
  for (const [index, name] of names.entries()) {
    writeStep(root, name, { ...smallStep(name), ...brokenSteps[index]?.changes });
  }
  return [goodStep, ...names];
}
