// A set-up file of Vitest, loaded before each spec: a check is worth as much as what it looks with.
import { afterEach } from 'vitest';
import { awsEnvironment, undoTampering } from './tampering.ts';
import { useEnvironment } from './target.ts';

const environment = awsEnvironment();

afterEach(({ signal }) => {
  const now = awsEnvironment();
  const names = new Set([...Object.keys(environment), ...Object.keys(now)]);
  const changed = [...names].filter((name) => environment[name] !== now[name]);
  useEnvironment(Object.fromEntries(changed.map((name) => [name, environment[name]])));

  const touched = [...undoTampering(), ...changed];
  // A test that was cancelled, or that took too long, had no chance to put things back itself.
  if (touched.length === 0 || signal.aborted) return;
  throw new Error(
    `The checks can't rely on what they see, because this was replaced: ${touched.join(', ')}. Leave Node, the AWS ` +
      'libraries, the assertions and the environment as they are.',
  );
});
