import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { enterInLedger } from '../../src/state/ledger.ts';
import type { Run } from '../../src/state/run.ts';
import { createKey as createKeyWithAlias } from '../../workshop/01-create-key/solution.ts';
import { eventuallyAt } from './target-retries.ts';

/** A key, and the four ways to name it. */
export interface SuiteKey {
  id: string;
  arn: string;
  aliasName: string;
  aliasArn: string;
}

/**
 * Gives the name for an alias, and puts it on the ledger: whoever creates the alias then, the clean-up removes it.
 *
 * @param purpose what the alias is for, in characters of an alias: another word for each alias of the run
 * @param runProcess the process that removes what the run created
 */
export function announceAlias(run: Run, purpose: string, runProcess: number): string {
  const aliasName = `${run.aliasName}_${purpose}`;
  enterInLedger(run, aliasName, runProcess);
  return aliasName;
}

/**
 * Creates a key with the run's tags and an alias of its own, by which it is found again even if this process dies: both
 * are on the ledger before. Comes back when both can be seen.
 *
 * @param purpose see `announceAlias`
 */
export async function createKey(run: Run, purpose: string, runProcess: number): Promise<SuiteKey> {
  const aliasName = announceAlias(run, purpose, runProcess);
  const arn = await createKeyWithAlias({ ...run, aliasName });
  const kms = new KMSClient();
  await eventuallyAt(run.target, () => kms.send(new DescribeKeyCommand({ KeyId: aliasName })));
  const keyPart = arn.lastIndexOf('key/');
  return {
    id: arn.slice(keyPart + 'key/'.length),
    arn,
    aliasName,
    aliasArn: `${arn.slice(0, keyPart)}${aliasName}`,
  };
}
