import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { createMaterialsManager, encryptFile } from '../../workshop/02-encrypt-with-cache/solution.ts';
import { learnerAliasName } from './run.ts';
import type { Step } from './step.ts';

/** The file that the workshop encrypts. */
export const plaintextFile = 'fixtures/plaintext_u.txt';

/** The ARN of the key that a step starts with: the one that step 1's exercise created, or else the run's. */
export async function givenKey({ run, runKeyArn, passed }: Step): Promise<string> {
  if (!passed('01-create-key')) return runKeyArn;
  const { KeyMetadata } = await new KMSClient().send(
    new DescribeKeyCommand({ KeyId: learnerAliasName(run) }),
  );
  return KeyMetadata?.Arn ?? runKeyArn;
}

/** The two messages that a step starts with: those of step 2's exercise, or else of the reference. */
export async function givenEncryptedFiles(step: Step): Promise<[string, string]> {
  const { run, passed } = step;
  const first = join(run.outputFolder, 'encrypted_e_1.txt');
  const second = join(run.outputFolder, 'encrypted_e_2.txt');
  if (!passed('02-encrypt-with-cache') || !existsSync(first) || !existsSync(second)) {
    const materialsManager = createMaterialsManager(await givenKey(step));
    const request = { materialsManager, encryptionContext: run.encryptionContext, plaintextFile };
    await encryptFile({ ...request, encryptedFile: first });
    await encryptFile({ ...request, encryptedFile: second });
  }
  return [first, second];
}
