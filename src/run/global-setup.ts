import { mkdirSync } from 'node:fs';
import { KMSClient } from '@aws-sdk/client-kms';
import type { TestProject } from 'vitest/node';
import { noteRequests, tallyOf } from '../evidence/request-tally.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { rememberLacks } from '../state/lacks-record.ts';
import { enterInLedger, showLife } from '../state/ledger.ts';
import { NameTakenError, requireOwnName } from '../state/living-runs.ts';
import { makeOutputFolder } from '../state/output-folder.ts';
import { signOfLifeMilliseconds } from '../state/process-identity.ts';
import { describeRun, type Run } from '../state/run.ts';
import type { Lack } from '../steps/lack.ts';
import { askAllowedCaller } from './account/allowed-accounts.ts';
import { describeCaller } from './account/describe-caller.ts';
import { announce } from './announcement.ts';
import { cleanUpRun, NotRemovedError } from './clean-up/clean-up.ts';
import { describeInTheWay, describeRemoval } from './clean-up/describe-leftovers.ts';
import { isNothing, type Leftovers } from './clean-up/leftovers.ts';
import { reclaim } from './clean-up/reclaim.ts';
import { usageOf } from './cost/cost.ts';
import { describeCost, describeExpectedCost } from './cost/describe-cost.ts';
import { askForOperations } from './endpoint/ask-endpoint.ts';
import { requestsOfSteps } from './requests-of-steps.ts';
import { canCleanUp, createRunKey } from './run-key.ts';
import { startTarget, type Target, useEnvironment } from './target.ts';

/**
 * Starts the target, finds what it lacks, removes what a killed run left, and creates the run's key; gives the tear-down
 * that removes it.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const settings = readSettings(project.config.root);
  // What a run writes has paths relative to the project's folder, and Vitest may have been started elsewhere.
  process.chdir(settings.root);
  const session = new Session(project, describeRun(settings), await startTarget(settings));
  try {
    await session.identifyCaller(settings);
    requireOwnName(session.run);
  } catch (error) {
    await session.leaveTarget();
    throw error;
  }
  session.begin();
  try {
    const lacks = await session.findLacks();
    if (canCleanUp(lacks)) {
      await session.reclaimKilledRuns();
      session.enterRun();
    }
    await session.createResources(lacks);
  } catch (error) {
    // What is there is the other run's.
    if (error instanceof NameTakenError) await session.leaveTarget();
    else await session.tearDown();
    throw error;
  }
  return () => session.tearDown();
}

/** A run from its target's start to its tear-down. The methods stand in the order in which they are called. */
class Session {
  readonly run: Run;
  readonly #project: TestProject;
  readonly #target: Target;
  readonly #restoreEnvironment: () => void;
  readonly #requests: string[] = [];
  #started = 0;
  #stopNoting = () => {};
  #signsOfLife: NodeJS.Timeout | undefined;
  #removeKey = async () => {};

  constructor(project: TestProject, run: Run, target: Target) {
    this.run = run;
    this.#project = project;
    this.#target = target;
    this.#restoreEnvironment = useEnvironment(target.environment);
  }

  /** Without credentials nothing can be created: then nothing goes into the ledger, and nothing has to be cleaned up. */
  async identifyCaller(settings: Settings): Promise<void> {
    await new KMSClient().config.credentials();
    if (this.run.target === 'local') return;
    const caller = await askAllowedCaller(settings);
    if ('account' in caller) this.run.account = caller.account;
    this.#sayOfAccount(describeCaller(settings, caller));
  }

  /** From here on the run may create something, and what it costs is counted. */
  begin(): void {
    // Vitest ends at once then, without a tear-down.
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, this.#sayWhatIsLeft);
    this.#started = Date.now();
    this.#stopNoting = noteRequests((line) => this.#requests.push(line));
    if (this.run.target === 'aws') this.#sayOfAccount(describeExpectedCost());
  }

  async findLacks(): Promise<Lack[]> {
    return this.run.target === 'endpoint' ? await askForOperations(this.run) : [];
  }

  async reclaimKilledRuns(): Promise<void> {
    const { removed, elsewhere, notRemoved, notUnderstood } = await reclaim(this.run);
    for (const each of removed) this.#sayRemoved(each);
    // That counts on the local AWS too: what a killed run left in an account may cost.
    for (const line of [...elsewhere, ...notRemoved]) this.#say(`Not removed yet: ${line}`);
    for (const line of notUnderstood) this.#say(`Could not be read, and was left alone: ${line}`);
  }

  /** @throws NameTakenError when another run of this name has started at the same time */
  enterRun(): void {
    enterInLedger(this.run, this.run.aliasName, process.pid);
    this.#signsOfLife = setInterval(() => showLife(this.run), signOfLifeMilliseconds).unref();
    requireOwnName(this.run);
  }

  async createResources(lacks: Lack[]): Promise<void> {
    makeOutputFolder(this.run);
    mkdirSync(this.run.scratchFolder, { recursive: true });
    const key = await createRunKey(this.run, lacks);
    this.#removeKey = key.removeUnlisted;
    rememberLacks(this.#project.config.root, key.lacks);
    this.#project.provide('environment', this.#target.environment);
    this.#project.provide('run', this.run);
    this.#project.provide('keyArn', key.arn);
    this.#project.provide('lacks', key.lacks);
  }

  async tearDown(): Promise<void> {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, this.#sayWhatIsLeft);
    // The clean-up removes the file in which they are.
    this.#requests.push(...requestsOfSteps(this.run));
    try {
      await this.#removeKey();
      const removed = await cleanUpRun(this.run);
      if (removed) this.#sayRemoved(removed);
      for (const line of removed ? describeInTheWay(removed) : []) this.#say(line);
    } catch (error) {
      // Vitest would print the stack, and call the run a success.
      const { name, message } = error as Error;
      const what =
        error instanceof NotRemovedError
          ? `Not removed:\n${message}`
          : `The clean-up stopped: ${name}: ${message}`;
      this.#say(`${what}\nTo remove what is left: npm run clean-up`);
      process.exitCode = 1;
    } finally {
      this.#stopNoting();
      const usage = usageOf(tallyOf(this.#requests), Date.now() - this.#started);
      if (this.run.target === 'aws') this.#sayOfAccount(describeCost(usage));
      await this.leaveTarget();
    }
  }

  async leaveTarget(): Promise<void> {
    clearInterval(this.#signsOfLife);
    this.#restoreEnvironment();
    await this.#target.close();
  }

  #say(text: string): void {
    announce(this.#project.vitest, text);
  }

  /** The local AWS, and all that is in it, is gone at the end anyway. */
  #sayOfAccount(text: string): void {
    if (this.run.target !== 'local') this.#say(text);
  }

  #sayRemoved(removed: Leftovers): void {
    if (!isNothing(removed)) this.#sayOfAccount(describeRemoval(removed));
  }

  readonly #sayWhatIsLeft = () =>
    this.#sayOfAccount('Stopped. What the run created is still there. To remove it: npm run clean-up');
}
