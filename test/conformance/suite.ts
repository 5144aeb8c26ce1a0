import type { TestProject } from 'vitest/node';
import { askAllowedCaller } from '../../src/run/account/allowed-accounts.ts';
import { cleanUpRun } from '../../src/run/clean-up/clean-up.ts';
import { reclaim } from '../../src/run/clean-up/reclaim.ts';
import { startTarget, useEnvironment } from '../../src/run/target.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { describeRun, type Run } from '../../src/state/run.ts';
import { createKey, type SuiteKey } from './suite-key.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The process that removes what the run created: while it lives, the run does. */
    runProcess: number;
    /** Two keys that no test changes. */
    sharedKeys: { key: SuiteKey; otherKey: SuiteKey };
  }
}

/**
 * Starts the target, removes what a killed run left there, and creates the keys that all tests share; gives the
 * tear-down, which removes everything that the run created. Only the workers are led to the target for as long as the
 * tests run: this process may have other tests to run, which have nothing to do with it.
 *
 * @throws Error when the target has no endpoint for STS, or when the settings don't allow its account
 */
export async function startSuite(project: TestProject, settings: Settings): Promise<() => Promise<void>> {
  requireEndpointOfSts(settings);
  const run = describeSuiteRun(settings);
  const target = await startTarget(settings);
  const atTarget = async (action: () => Promise<unknown>): Promise<void> => {
    const restore = useEnvironment(target.environment);
    try {
      await action();
    } finally {
      restore();
    }
  };
  // The resources of a local AWS go with it.
  if (settings.target !== 'local') {
    await atTarget(async () => {
      const caller = await askAllowedCaller(settings);
      if ('account' in caller) run.account = caller.account;
    });
  }
  const tearDown = () => atTarget(() => cleanUpRun(run)).finally(() => target.close());

  try {
    await atTarget(async () => {
      if (settings.target !== 'local') await reclaim(run);
      const newKey = (purpose: string) => createKey(run, purpose, process.pid);
      project.provide('sharedKeys', { key: await newKey('shared'), otherKey: await newKey('shared_other') });
    });
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide('run', run);
  project.provide('environment', target.environment);
  project.provide('runProcess', process.pid);
  return tearDown;
}

/** A run of the workshop with the same name is another run, and cleans up for itself. */
function describeSuiteRun(settings: Settings): Run {
  const run = describeRun({ ...settings, run: `conformance-${settings.run}`.slice(0, 32) });
  return { ...run, description: 'Conformance suite of the data key caching workshop' };
}

/** Without one, the SDK would go to the real STS. */
function requireEndpointOfSts({ target, environment }: Settings): void {
  if (target !== 'endpoint' || environment.AWS_ENDPOINT_URL || environment.AWS_ENDPOINT_URL_STS) return;
  throw new Error(
    'The suite asks STS who is calling, but only KMS and CloudTrail have an endpoint. ' +
      'Set AWS_ENDPOINT_URL_STS too, or AWS_ENDPOINT_URL for all of them.',
  );
}
