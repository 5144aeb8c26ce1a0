// A set-up file for specs: it skips the tests that a run does without, as the spec's module id says.
import { beforeEach, type RunnerTask } from 'vitest';

let hasBegun = false;

beforeEach(({ task, skip, onTestFailed }) => {
  const query = new URLSearchParams(task.file.filepath.split('?')[1]);
  const firstTodos = query.get('firstTodos')?.split(',') ?? [];
  const { todos = [] } = task.meta;
  hasBegun ||= firstTodos.join() === '' || todos.some((todo) => firstTodos.includes(String(todo)));
  if (!hasBegun) skip('it names none of the TODOs with which the run begins');
  if (query.get('everyTest') !== 'true') onTestFailed(() => skipTheRest(task.file));
});

/** What has begun has a result. A test that skips itself would still run all hooks, which takes as long as a short test. */
function skipTheRest(task: RunnerTask): void {
  if (!task.result) task.mode = 'skip';
  if ('tasks' in task) task.tasks.forEach(skipTheRest);
}
