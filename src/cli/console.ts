import { once } from 'node:events';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Account } from '../console/keys/keys-view.ts';
import { startConsole } from '../console/server.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { describeRun } from '../state/run.ts';
import { LearnerError } from '../text/learner-error.ts';
import { requireSteps } from './step-by-name.ts';

/**
 * Starts the console and prints its address. Ends when the process is told to (Ctrl+C).
 *
 * @throws SettingsError; LearnerError when the folder holds no workshop
 */
export async function showConsole(root: string, print: (text: string) => void): Promise<void> {
  requireSteps(root);
  const settings = readSettings(root);
  const { address, close } = await startConsole(describeRun(settings), accountOf(settings));
  print(`Console: ${address}\nOpen it in a browser. Ctrl+C ends it.`);
  const told = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'].map((name) => once(process, name, { signal: told.signal }));
  await Promise.race(signals);
  told.abort();
  await close();
}

/** Leads the AWS SDK to the account of the settings when somebody looks at its keys, and asks first whether it is allowed. */
function accountOf(settings: Settings): Account {
  let ready: Promise<KMSClient> | undefined;
  const open = async () => {
    if (settings.target === 'local') {
      throw new LearnerError(
        'The local AWS is in the process of a run. To see its keys, run npx vitest and press o.',
      );
    }
    const [{ KMSClient }, { askAllowedCaller }, { startTarget, useEnvironment }] = await Promise.all([
      import('@aws-sdk/client-kms'),
      import('../run/account/allowed-accounts.ts'),
      import('../run/target.ts'),
    ]);
    const { environment } = await startTarget(settings);
    useEnvironment(environment);
    await askAllowedCaller(settings);
    return new KMSClient();
  };
  return () => {
    ready ??= open();
    // It may succeed next time: credentials expire and are renewed.
    ready.catch(() => {
      ready = undefined;
    });
    return ready;
  };
}
