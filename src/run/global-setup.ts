import { mkdirSync } from 'node:fs';
import { KMSClient } from '@aws-sdk/client-kms';
import type { TestProject } from 'vitest/node';
import { noteRequests, tallyOf } from '../evidence/request-tally.ts';
import { readSettings } from '../settings/settings.ts';
import { rememberLacks } from '../state/lacks-record.ts';
import { enterInLedger, showLife } from '../state/ledger.ts';
import { NameTakenError, requireOwnName } from '../state/living-runs.ts';
import { makeOutputFolder } from '../state/output-folder.ts';
import { signOfLifeMilliseconds } from '../state/process-identity.ts';
import { describeRun } from '../state/run.ts';
import { askAllowedCaller } from './account/allowed-accounts.ts';
import { describeCaller } from './account/describe-caller.ts';
import { announce } from './announcement.ts';
import { cleanUpRun, NotRemovedError } from './clean-up/clean-up.ts';
import { describeInTheWay, describeRemoval } from './clean-up/describe-leftovers.ts';
import { isNothing } from './clean-up/leftovers.ts';
import { reclaim } from './clean-up/reclaim.ts';
import { usageOf } from './cost/cost.ts';
import { describeCost, describeExpectedCost } from './cost/describe-cost.ts';
import { askForOperations } from './endpoint/ask-endpoint.ts';
import { requestsOfSteps } from './requests-of-steps.ts';
import { canCleanUp, createRunKey } from './run-key.ts';
import { startTarget, useEnvironment } from './target.ts';

/**
 * Starts the target, finds what it lacks, removes what a killed run left, and creates the run's key; gives the tear-down
 * that removes it.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const settings = readSettings(project.config.root);
  // What a run writes has paths relative to the project's folder, and Vitest may have been started elsewhere.
  process.chdir(settings.root);
  const run = describeRun(settings);
  const target = await startTarget(settings);
  const restore = useEnvironment(target.environment);

  let signsOfLife: NodeJS.Timeout | undefined;
  const leaveTarget = async () => {
    clearInterval(signsOfLife);
    restore();
    await target.close();
  };
  // The local AWS, and all that is in it, is gone at the end anyway.
  const say = (text: string) => {
    if (run.target !== 'local') announce(project.vitest, text);
  };

  try {
    await requireCredentials();
    if (run.target !== 'local') {
      const caller = await askAllowedCaller(settings);
      if ('account' in caller) run.account = caller.account;
      say(describeCaller(settings, caller));
    }
    requireOwnName(run);
  } catch (error) {
    await leaveTarget();
    throw error;
  }

  // Vitest ends at once then, without a tear-down.
  const sayWhatIsLeft = () =>
    say('Stopped. What the run created is still there. To remove it: npm run clean-up');
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, sayWhatIsLeft);

  const started = Date.now();
  const requests: string[] = [];
  const stopNoting = noteRequests((line) => requests.push(line));
  let removeKey = async () => {};
  const tearDown = async () => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, sayWhatIsLeft);
    requests.push(...requestsOfSteps(run));
    try {
      await removeKey();
      const removed = await cleanUpRun(run);
      if (removed && !isNothing(removed)) say(describeRemoval(removed));
      for (const line of removed ? describeInTheWay(removed) : []) announce(project.vitest, line);
    } catch (error) {
      // Vitest would print the stack, and call the run a success.
      const { name, message } = error as Error;
      const what =
        error instanceof NotRemovedError
          ? `Not removed:\n${message}`
          : `The clean-up stopped: ${name}: ${message}`;
      announce(project.vitest, `${what}\nWhat is left: npm run clean-up`);
      process.exitCode = 1;
    } finally {
      stopNoting();
      if (run.target === 'aws') say(describeCost(usageOf(tallyOf(requests), Date.now() - started)));
      await leaveTarget();
    }
  };

  try {
    if (run.target === 'aws') say(describeExpectedCost());
    const lacks = run.target === 'endpoint' ? await askForOperations(run) : [];
    if (canCleanUp(lacks)) {
      const { removed, elsewhere, notRemoved, notUnderstood } = await reclaim(run);
      for (const each of removed) if (!isNothing(each)) say(describeRemoval(each));
      // That counts on the local AWS too: what a killed run left in an account may cost.
      for (const line of [...elsewhere, ...notRemoved]) announce(project.vitest, `Not removed yet: ${line}`);
      for (const line of notUnderstood)
        announce(project.vitest, `Could not be read, and was left alone: ${line}`);
      enterInLedger(run, run.aliasName, process.pid);
      signsOfLife = setInterval(() => showLife(run), signOfLifeMilliseconds).unref();
      // Again: another run of this name may have started at the same time.
      requireOwnName(run);
    }
    makeOutputFolder(run);
    mkdirSync(run.scratchFolder, { recursive: true });
    const key = await createRunKey(run, lacks);
    removeKey = key.removeUnlisted;
    rememberLacks(project.config.root, key.lacks);
    project.provide('environment', target.environment);
    project.provide('run', run);
    project.provide('keyArn', key.arn);
    project.provide('lacks', key.lacks);
  } catch (error) {
    // What is there is the other run's.
    if (error instanceof NameTakenError) await leaveTarget();
    else await tearDown();
    throw error;
  }
  return tearDown;
}

/** Without credentials nothing can be created: then nothing goes into the ledger, and nothing has to be cleaned up. */
async function requireCredentials(): Promise<void> {
  await new KMSClient().config.credentials();
}
