import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makeSmallWorkshop } from '../../report/testing/small-workshop.ts';

// `StandbyWorker` speaks with Vitest's worker as Vitest itself does, which is not documented. This is what the version of
// Vitest in package.json says: see CONTRIBUTING.md on how to update it.

vi.setConfig({ testTimeout: 60_000 });

/** A pool that writes down the fields of each kind of message between Vitest and its worker. */
const configuration = `
import { writeFileSync } from 'node:fs';
import { ForksPoolWorker } from 'vitest/node';

const seen = { sent: {}, received: {} };
const note = (direction, message) => {
const kind = message.type ?? (message.t === 's' ? 'answer' : /^(fetch|resolve)$/.test(message.m) ? message.m : 'other question');
  seen[direction][kind] = Object.keys(message).sort().join(' ');
  if (message.type && message.context) seen[direction][kind + ' context'] = Object.keys(message.context).sort().join(' ');
  writeFileSync('messages.json', JSON.stringify(seen));
};
class NotingWorker extends ForksPoolWorker {
  name = 'noting';
  send(message) {
    note('sent', message);
    super.send(message);
  }
  deserialize(data) {
    const message = super.deserialize(data);
    note('received', message);
    return message;
  }
}
export default {
  test: {
    include: ['workshop/*/step.spec.ts'],
    pool: { name: 'noting', createPoolWorker: (options) => new NotingWorker(options) },
    isolate: false,
  },
};
`;

test("Vitest's messages to its worker and back have the kinds and fields that StandbyWorker relies on", async () => {
  const workshop = makeSmallWorkshop({
    '01-one/step.spec.ts':
      "import { test } from 'vitest';\nimport './exercise.ts';\ntest('runs', () => {});\n",
    '01-one/exercise.ts': 'export {};\n',
  });
  const exchangeOf = async (command: string) => {
    const { code } = await workshop.run([command]);
    expect(code).toBe(0);
    return JSON.parse(readFileSync(join(workshop.root, 'messages.json'), 'utf8'));
  };
  try {
    workshop.write('vitest.config.ts', configuration);
    expect(await exchangeOf('run')).toMatchInlineSnapshot(`
      {
        "received": {
          "fetch": "a i m t",
          "other question": "a i m t",
          "resolve": "a i m t",
          "started": "__vitest_worker_response__ type",
          "stopped": "__vitest_worker_response__ error type",
          "testfileFinished": "__vitest_worker_response__ error type usedMemory",
        },
        "sent": {
          "answer": "i r t",
          "run": "__vitest_worker_request__ context otelCarrier type",
          "run context": "environment files invalidates providedContext workerId",
          "start": "__vitest_worker_request__ context options poolId traces type workerId",
          "start context": "config environment pool",
          "stop": "__vitest_worker_request__ otelCarrier type",
        },
      }
    `);
    // As the worker on standby loads the libraries.
    expect((await exchangeOf('list')).sent).toMatchInlineSnapshot(`
      {
        "answer": "i r t",
        "collect": "__vitest_worker_request__ context otelCarrier type",
        "collect context": "environment files invalidates providedContext workerId",
        "start": "__vitest_worker_request__ context options poolId traces type workerId",
        "start context": "config environment pool",
        "stop": "__vitest_worker_request__ otelCarrier type",
      }
    `);
  } finally {
    workshop.remove();
  }
});
