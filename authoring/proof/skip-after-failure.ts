// A set-up file for specs whose module id doesn't say `everyTest`: it skips the tests after the first failure.
import { afterEach, beforeEach } from 'vitest';

let hasFailed = false;

beforeEach(({ task, skip }) => {
  if (hasFailed && !task.file.filepath.includes('everyTest=true')) skip('an earlier test has failed');
});

afterEach(({ task }) => {
  hasFailed ||= task.result?.state === 'fail' || Boolean(task.result?.errors?.length);
});
