import { once } from 'node:events';
import type { Account } from '../console/account.ts';
import { startConsole } from '../console/server.ts';
import type { ShownStep, Steps } from '../console/steps/shown-step.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { describeRun } from '../state/run.ts';
import { readStepFolders } from '../steps/step-folders.ts';
import { LearnerError } from '../text/learner-error.ts';
import { readProgress } from './progress-sheet.ts';
import { requireSteps } from './step-by-name.ts';

/**
 * Starts the console and prints its address. Ends when the process is told to (Ctrl+C).
 *
 * @throws SettingsError; LearnerError when the folder holds no workshop
 */
export async function showConsole(root: string, print: (text: string) => void): Promise<void> {
  requireSteps(root);
  const settings = readSettings(root);
  const { address, close } = await startConsole(async (admission) => {
    const { consoleApp } = await import('../console/app.ts');
    return consoleApp(admission, describeRun(settings), accountOf(settings), stepsOf(root));
  });
  print(`Console: ${address}\nOpen it in a browser. Ctrl+C ends it.`);
  // Loaded while the learner opens the browser, so that the first page is there at once.
  await import('../console/app.ts');
  const told = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'].map((name) => once(process, name, { signal: told.signal }));
  await Promise.race(signals);
  told.abort();
  await close();
}

/** Leads the AWS SDK to the account of the settings when somebody looks at it, and asks first whether it is allowed. */
function accountOf(settings: Settings): Account {
  let ready: Promise<void> | undefined;
  const open = async () => {
    if (settings.target === 'local') {
      throw new LearnerError(
        'The local AWS is in the process of a run. To see into it, run npx vitest and press o.',
      );
    }
    const [{ askAllowedCaller }, { startTarget, useEnvironment }] = await Promise.all([
      import('../run/account/allowed-accounts.ts'),
      import('../run/target.ts'),
    ]);
    const target = await startTarget(settings);
    useEnvironment(target.environment);
    try {
      await askAllowedCaller(settings);
    } catch (error) {
      await target.close();
      throw error;
    }
  };
  const opened = () => {
    ready ??= open();
    // It may succeed next time: credentials expire and are renewed.
    ready.catch(() => {
      ready = undefined;
    });
    return ready;
  };
  return {
    kms: async () => {
      await opened();
      return new (await import('@aws-sdk/client-kms')).KMSClient();
    },
    cloudTrail: async () => {
      await opened();
      return new (await import('@aws-sdk/client-cloudtrail')).CloudTrailClient();
    },
  };
}

/** Number of milliseconds after which the records of the steps are read again. */
const freshFor = 500;

/** The states that `npm run progress` shows. */
function stepsOf(root: string): Steps {
  let [read, readAt]: [ShownStep[], number] = [[], 0];
  return () => {
    if (Date.now() - readAt < freshFor) return read;
    const { steps } = readProgress(root);
    read = readStepFolders(root).map((step) => ({ ...step, state: steps[step.name]?.state ?? 'to do' }));
    readAt = Date.now();
    return read;
  };
}
