// A set-up file for runs in which only the first failure counts: it skips the tests after that one.
import { afterEach, beforeEach } from 'vitest';

let hasFailed = false;

beforeEach(({ skip }) => {
  if (hasFailed) skip('an earlier test has failed');
});

afterEach(({ task }) => {
  hasFailed ||= task.result?.state === 'fail' || Boolean(task.result?.errors?.length);
});
