import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { expect, onTestFinished, test } from 'vitest';
import { withLocalClients } from '../../evidence/local-clients.ts';
import { LearnerError } from '../../text/learner-error.ts';
import type { ShownRun } from '../account.ts';
import { startConsoleUnderTest } from '../testing/console-under-test.ts';
import { timeLine } from './calls-page.ts';

/** Opens a console for a target whose CloudTrail answers like this, after one call of a step. */
async function openConsole(target: 'local' | 'aws' | 'endpoint', answer: () => Promise<CloudTrailClient>) {
  const kms = () => Promise.reject(new Error('nobody asks KMS'));
  const site = await startConsoleUnderTest({ kms, cloudTrail: answer }, target);
  onTestFinished(site.close);
  mkdirSync(join(site.root, 'scratch'));
  const call = { at: 1, service: 'kms', operation: 'Decrypt', status: 400, requestId: 'one' };
  appendFileSync(join(site.root, 'scratch/calls.jsonl'), `${JSON.stringify(call)}\n`);
  return site;
}

/** A client that throws an error for whatever it is asked. */
function refusing(error: object): () => Promise<CloudTrailClient> {
  const client = new CloudTrailClient({ region: 'eu-test-1' });
  client.middlewareStack.add(
    () => async () => {
      throw Object.assign(new Error('secret'), error);
    },
    { step: 'initialize' },
  );
  return async () => client;
}

test.each([
  ['aws', { name: 'AccessDeniedException' }, 'these credentials may not call cloudtrail:LookupEvents.'],
  [
    'endpoint',
    { name: 'UnknownOperationException', $metadata: { httpStatusCode: 400 } },
    'this endpoint doesn’t have cloudtrail:LookupEvents.',
  ],
  ['aws', { name: 'ThrottlingException' }, 'CloudTrail gave no answer (ThrottlingException).'],
] as const)('at %s, without events because of %j, the calls are shown', async (target, error, why) => {
  const site = await openConsole(target, refusing(error));

  const { body } = await site.ask('/calls?look=once');
  expect(body).toContain(`Only the calls are shown: ${why}`);
  expect(body).toContain('<b>Decrypt</b>');
  expect(body).not.toContain('secret');
});

test('at an account that is not there, the sentence for the learner is shown', async () => {
  const site = await openConsole('aws', () => Promise.reject(new LearnerError('Log in first.')));

  expect((await site.ask('/calls?look=once')).body).toContain('Only the calls are shown: Log in first.');
});

test.each([
  ['local', 1, 2],
  ['aws', 0, 1],
  ['endpoint', 0, 1],
] as const)(
  'at %s, opening the page asks CloudTrail %i times, and the button once more',
  (target, opened, pressed) =>
    withLocalClients({}, async ({ cloudTrail }) => {
      let looks = 0;
      cloudTrail.middlewareStack.add(
        (next) => (request) => {
          looks++;
          return next(request);
        },
        { step: 'initialize' },
      );
      const site = await openConsole(target, async () => cloudTrail);

      expect((await site.ask('/calls')).body.includes('Look at CloudTrail now')).toBe(target !== 'local');
      expect(looks).toBe(opened);
      await site.ask('/calls?look=once');
      expect(looks).toBe(pressed);
    }),
);

test('an event is answered by its request id, and nothing else is', async () => {
  const site = await openConsole('local', refusing({}));

  expect((await site.ask('/calls')).status).toBe(200);
  expect((await site.ask('/calls/one/event')).status).toBe(404);
  expect((await site.ask('/calls/..%2f..%2fsecret/event')).status).toBe(404);
});

test('the rows come in blocks, and none is made before the one above it is taken', () => {
  const made: number[] = [];
  const rows = Array.from({ length: 50 }, (_, n) => ({
    requestId: `${n}`,
    get call() {
      made.push(n);
      return { at: n, service: 'kms', operation: 'Decrypt', status: 200, requestId: `${n}` };
    },
  }));
  const run = { target: 'local', cloudTrail: { quietSeconds: 1 } } as ShownRun;
  const parts = [...timeLine(rows, 0, '', run)].map((part) => String(part));
  expect(parts.map((part) => part.split('<li').length - 1)).toEqual([0, 20, 20, 10, 0]);

  const taken = timeLine(rows, 0, '', run);
  taken.next();
  made.length = 0;
  taken.next();
  expect(new Set(made).size).toBe(20);
});
