import { mkdirSync, rmSync } from 'node:fs';
import { KMSClient } from '@aws-sdk/client-kms';
import type { TestProject } from 'vitest/node';
import { createKey } from '../../workshop/01-create-key/solution.ts';
import { readSettings } from '../settings.ts';
import { startTarget, useEnvironment } from '../target.ts';
import { cleanUpRun, reclaim } from './clean-up.ts';
import { enterInLedger } from './ledger.ts';
import { forgetProgress } from './progress.ts';
import { describeRun, outputFiles } from './run.ts';

/**
 * Starts the target, removes what a killed run left, and creates the run's key; gives the tear-down that removes it.
 * Workers inherit the environment of this process, and with it the way to the target.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const settings = readSettings();
  const run = describeRun(settings);
  const target = await startTarget(settings);
  const restore = useEnvironment(target.environment);

  const tearDown = async () => {
    try {
      await cleanUpRun(run.name);
      forgetProgress(run.name);
      rmSync(run.scratchFolder, { recursive: true, force: true });
    } finally {
      restore();
      await target.close();
    }
  };

  try {
    await requireCredentials();
    await reclaim(run);
    mkdirSync(run.outputFolder, { recursive: true });
    mkdirSync(run.scratchFolder, { recursive: true });
    enterInLedger(run, run.aliasName, outputFiles(run), process.pid);
    const keyArn = await createKey(run);
    project.provide('run', run);
    project.provide('keyArn', keyArn);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

/** Without credentials nothing can be created: then nothing goes into the ledger, and nothing has to be cleaned up. */
async function requireCredentials(): Promise<void> {
  await new KMSClient().config.credentials();
}
