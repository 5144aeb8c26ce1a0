import { channel } from 'node:diagnostics_channel';
import type { StepFolder } from '../steps/step-folders.ts';
import type { Need } from '../steps/step-needs.ts';
import type { CodeFrame, CodeLocation } from './learner-code.ts';

export type StepState = 'done' | 'wrong' | 'to do' | 'not run' | 'not possible' | 'waiting' | 'running';

/** A TODO that the learner hasn't come to yet. */
export interface RemainingTodo {
  kind: 'todo';
  /** None if the learner wrote a TODO without a number. */
  number?: number;
  /** Such as `TODO 3: make the cache`. */
  title: string;
  location?: CodeLocation;
}

/** An assertion that the learner's code didn't meet. */
export interface WrongAnswer {
  kind: 'wrong';
  test: string;
  /** The TODO that it is about, if that is known. */
  todo?: { number: number; title: string };
  location?: CodeLocation;
  /** The sentence of the lesson about it. */
  sentence?: string;
  expected?: string;
  got?: string;
  /** True if the learner's prediction is compared with the result. */
  isPrediction?: true;
  /** Lines that begin with `- ` were expected, with `+ ` were got. */
  difference?: string[];
  /** The lines of a comparison that isn't between two values. */
  detail?: string;
}

/** An error that the learner's code threw, or that kept it from being loaded. */
export interface ThrownError {
  kind: 'error';
  /** The test in which it was thrown; none when the file could not be loaded. */
  test?: string;
  name?: string;
  message: string;
  /** The TODO that the test is about, if that is known. */
  todo?: { number: number; title: string };
  location?: CodeLocation;
  frame?: CodeFrame;
}

export type Failure = RemainingTodo | WrongAnswer | ThrownError;

/** A step and where the learner is in it. */
export interface StepView extends StepFolder {
  state: StepState;
  tests: { passed: number; total: number };
  /** Number of the exercise's TODOs that are left. */
  todos?: { left: number; total: number };
  failure?: Failure;
}

/** Something that steps need, and the endpoint lacks. */
export interface MissingNeed {
  need: Need;
  /** The endpoint's answer to the call. */
  why: string;
  /** The numbers of the steps that are not possible without it. */
  steps: number[];
}

/** All there is to show. */
export interface WorkshopView {
  /** True if the reference solutions run instead of the learner's exercises. */
  solutions: boolean;
  /** The target, in words. */
  target?: string;
  /** The parts of the workshop that the endpoint doesn't support. */
  missing: MissingNeed[];
  steps: StepView[];
  /** The one thing to do next, as soon as it is known. */
  next?: { step: StepView; failure: Failure };
  /** Number of saves in a row that led to the TODO of this failure. None if the run says nothing about that. */
  timesFailed?: number;
  /** Steps that turned green since the last time, and what they taught. */
  turnedGreen: { step: StepFolder; learned?: string }[];
  /** Errors that belong to no test. */
  unhandled: ThrownError[];
}

/** A step that waits for CloudTrail. */
export interface Wait {
  kind: 'waiting';
  step: StepFolder;
  /** Attempts, time gone and what is still missing. */
  message: string;
}

/** A step that is still running, and waits for nothing that it has told of. */
export interface LongStep {
  kind: 'taking long';
  step: StepFolder;
  seconds: number;
  /** True if saving an exercise restarts the run. */
  canSave: boolean;
}

/** The activity to show while steps run. */
export type Status = { kind: 'getting ready' } | { kind: 'running' } | LongStep | Wait;

/**
 * The next thing to do: in the saved step, if there is one, or else in the first step that isn't done.
 *
 * @returns undefined as long as a step that comes before is still running, or when there is nothing to do
 */
export function nextThing(steps: StepView[], savedStep?: string): WorkshopView['next'] {
  const saved = steps.find(({ name }) => name === savedStep);
  if (saved?.failure) return { step: saved, failure: saved.failure };
  for (const step of steps) {
    if (step.state === 'waiting' || step.state === 'running') return undefined;
    if (step.failure) return { step, failure: step.failure };
  }
  return undefined;
}

/** The state of the screen that the reporter shows. */
export interface Shown {
  view: WorkshopView;
  /** The activity, while steps run. */
  status?: Status;
}

/** The reporter publishes here what it shows, so that the console and the keys can show it, too. */
export const shownChannel = channel('data-key-caching-workshop:shown');
