/**
 * An error whose message tells the learner all there is: what is wrong, the value seen, and what to do. It is shown without
 * its name and stack.
 */
export class LearnerError extends Error {
  override name = 'LearnerError';
}
