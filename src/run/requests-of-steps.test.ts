import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { afterEach, expect, test, vi } from 'vitest';
import { readSettings } from '../settings/settings.ts';
import { describeRun } from '../state/run.ts';
import { requestsOfSteps } from './requests-of-steps.ts';
import { withLocalAws } from './target.ts';

const scratchFolder = mkdtempSync(join(tmpdir(), 'scratch-'));
const run = { ...describeRun(readSettings('no folder', {})), scratchFolder: join(scratchFolder, 'run') };

afterEach(() => {
  globalThis.stopNotingRequestsOfSteps?.();
  rmSync(scratchFolder, { recursive: true });
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
