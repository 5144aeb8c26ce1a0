// A set-up file for specs whose module id doesn't say `everyTest`: it skips the tests after the first failure.
import { beforeEach, type RunnerTask } from 'vitest';

beforeEach(({ task, onTestFailed }) => {
  if (!task.file.filepath.includes('everyTest=true')) onTestFailed(() => skipTheRest(task.file));
});

/** What has begun has a result. A test that skips itself would still run all hooks, which takes as long as a short test. */
function skipTheRest(task: RunnerTask): void {
  if (!task.result) task.mode = 'skip';
  if ('tasks' in task) task.tasks.forEach(skipTheRest);
}
