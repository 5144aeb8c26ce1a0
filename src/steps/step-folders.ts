import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A step as it lies in its folder. */
export interface StepFolder {
  number: number;
  /** The folder's name, such as `02-encrypt-with-cache`. */
  name: string;
  /** The first heading of the step's lesson. */
  title: string;
}

/** Its steps build on one another. The further ones stand alone. */
const lastOfWorkshop = 5;

/** The number of the last step of each group. A learner who has done the first group has done the workshop. */
const groups = [
  { title: 'The workshop', last: lastOfWorkshop },
  { title: 'Going further', last: Number.POSITIVE_INFINITY },
];

/** Steps that belong together. */
export interface StepGroup<Step> {
  title: string;
  steps: Step[];
}

/** Divides the steps into the workshop and what goes further. A group without steps is left out. */
export function groupSteps<Step extends { number: number }>(steps: Step[]): StepGroup<Step>[] {
  const groupOf = ({ number }: Step) => groups.find(({ last }) => number <= last);
  return groups
    .map((group) => ({ title: group.title, steps: steps.filter((step) => groupOf(step) === group) }))
    .filter((group) => group.steps.length > 0);
}

/** The steps of the workshop in their order: every folder of `workshop/` that has a `step.spec.ts`. */
export function readStepFolders(root: string): StepFolder[] {
  return stepNames(root).map((name, index) => ({
    number: Number.parseInt(name, 10) || index + 1,
    name,
    title: titleOf(readLesson(root, name)) ?? titleFromName(name),
  }));
}

/** The names of the steps' folders, in their order. */
export function stepNames(root: string): string[] {
  const workshop = join(root, 'workshop');
  if (!existsSync(workshop)) return [];
  return readdirSync(workshop)
    .filter((name) => existsSync(join(workshop, name, 'step.spec.ts')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The names of a step and of those that build on it, in their order. None if there is no such step. */
export function withDependents(root: string, name: string): string[] {
  const steps = readStepFolders(root);
  const first = steps.find((step) => step.name === name)?.number ?? Number.NaN;
  return steps
    .filter(({ number }) => number === first || (number > first && number <= lastOfWorkshop))
    .map((step) => step.name);
}

/** Returns what a step taught: the last paragraph of the lesson's section "What you learned", if it has one. */
export function whatWasLearned(root: string, name: string): string | undefined {
  const [, section] = readLesson(root, name).split(/^## What you learned\s*$/m);
  const [text = ''] = section?.split(/^#{1,2} /m) ?? [];
  return (
    text
      .trim()
      .split(/\n\s*\n/)
      .at(-1)
      ?.replace(/\s+/g, ' ') || undefined
  );
}

/** A step's lesson, in Markdown; empty if it has none. */
export function readLesson(root: string, name: string): string {
  const file = join(root, 'workshop', name, 'README.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** A lesson's title without the step's number, which is shown beside it. */
function titleOf(lesson: string): string | undefined {
  return /^# (?:Step )?(?:\d+[.:]?\s+)?(.+)$/m.exec(lesson)?.[1]?.trim();
}

function titleFromName(name: string): string {
  const words = name.replace(/^\d+-/, '').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
