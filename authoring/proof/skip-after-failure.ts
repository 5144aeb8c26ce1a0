// A set-up file of Vitest, for trials of which only the first failure counts: after it, the tests of the file are skipped.
import { afterEach, beforeEach } from 'vitest';

let hasFailed = false;

beforeEach(({ skip }) => {
  if (hasFailed) skip('a test before has failed');
});

afterEach(({ task }) => {
  hasFailed ||= task.result?.state === 'fail' || Boolean(task.result?.errors?.length);
});
