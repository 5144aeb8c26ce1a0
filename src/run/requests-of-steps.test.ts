import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { afterEach, expect, test, vi } from 'vitest';
import { readSettings } from '../settings/settings.ts';
import { describeRun } from '../state/run.ts';
import { callsFileOf, requestsOfSteps } from './requests-of-steps.ts';
import { withLocalAws } from './target.ts';

const scratchFolder = mkdtempSync(join(tmpdir(), 'scratch-'));
const run = { ...describeRun(readSettings('no folder', {})), scratchFolder: join(scratchFolder, 'run') };

afterEach(() => {
  globalThis.stopNotingCallsOfSteps?.();
  globalThis.stopNotingRequestsOfSteps?.();
  rmSync(scratchFolder, { recursive: true, force: true });
});

test('a request is noted once, although Vitest has loaded the module more than once', () =>
  withLocalAws({}, async () => {
    for (let times = 0; times < 3; times++) {
      vi.resetModules();
      const { noteRequestsOfSteps } = await import('./requests-of-steps.ts');
      noteRequestsOfSteps(run);
    }
    expect(requestsOfSteps(run)).toEqual([]);

    await new KMSClient().send(new ListKeysCommand({}));
    await new KMSClient().send(new ListKeysCommand({}));

    expect(requestsOfSteps(run)).toEqual(['request kms', 'request kms']);
  }));

test('a call is noted once, by its names alone', () =>
  withLocalAws({}, async () => {
    for (let times = 0; times < 3; times++) {
      vi.resetModules();
      const { noteCallsOfSteps } = await import('./requests-of-steps.ts');
      noteCallsOfSteps(run);
    }
    const kms = new KMSClient();
    const { $metadata } = await kms.send(new ListKeysCommand({}));
    const refused = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch((error) => error);

    const lines = readFileSync(callsFileOf(run), 'utf8').trimEnd().split('\n');
    const noted = { at: expect.any(Number), service: 'kms' };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...noted, operation: 'ListKeys', status: 200, requestId: $metadata.requestId },
      { ...noted, operation: 'DescribeKey', status: 400, requestId: refused.$metadata.requestId },
    ]);
  }));
