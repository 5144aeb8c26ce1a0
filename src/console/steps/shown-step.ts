/** A step and where the learner is in it, in the words of whoever tells it. */
export interface ShownStep {
  number: number;
  /** The folder's name, such as `02-encrypt-with-cache`. */
  name: string;
  title: string;
  state: string;
  /** Such as `2 of 4 TODOs left`. */
  detail?: string | undefined;
  /** The mistake or the next TODO, in the words of the terminal. */
  failure?: string | undefined;
}

/** Gives the steps as they are now. It is asked ten times a second while somebody watches. */
export type Steps = () => ShownStep[];
