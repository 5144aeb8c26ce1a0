import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { readMessage } from '../src/evidence/message.ts';
import type { Step } from '../src/run/step.ts';
import { learnerAliasName, type Run } from '../src/state/run.ts';
import {
  createMaterialsManager,
  type EncryptRequest,
  encryptFile,
} from './02-encrypt-with-cache/solution.ts';

/** The file that the workshop encrypts. */
export const plaintextFile = 'fixtures/plaintext_u.txt';

const givenKeys = new WeakMap<Step, Promise<string>>();

/** The ARN of the key that a step starts with: the one that step 1's exercise created, or else the run's. */
export function givenKey(step: Step): Promise<string> {
  const keyArn = givenKeys.get(step) ?? findGivenKey(step);
  givenKeys.set(step, keyArn);
  return keyArn;
}

async function findGivenKey({ run, runKeyArn, passed }: Step): Promise<string> {
  if (!passed('01-create-key')) return runKeyArn;
  const { KeyMetadata } = await new KMSClient().send(
    new DescribeKeyCommand({ KeyId: learnerAliasName(run) }),
  );
  return KeyMetadata?.Arn ?? runKeyArn;
}

/** Creates a key without an alias or tags, in a local AWS beside the run's target: nothing would remove it elsewhere. */
export async function createLocalKey(): Promise<string> {
  const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? '';
}

/**
 * The two messages that a step starts with: those of step 2's exercise, or else of the reference. They are encrypted
 * under the key that the step starts with, which can be another than step 2 had: step 1 may have run since.
 */
export async function givenEncryptedFiles(step: Step): Promise<[string, string]> {
  const { run, passed } = step;
  const first = join(run.outputFolder, 'encrypted_e_1.txt');
  const second = join(run.outputFolder, 'encrypted_e_2.txt');
  const keyArn = await givenKey(step);
  if (
    !passed('02-encrypt-with-cache') ||
    !(await isUnder(keyArn, first)) ||
    !(await isUnder(keyArn, second))
  ) {
    const materialsManager = createMaterialsManager(keyArn);
    const request = { materialsManager, encryptionContext: run.encryptionContext, plaintextFile };
    await encryptFile({ ...request, encryptedFile: first });
    await encryptFile({ ...request, encryptedFile: second });
  }
  return [first, second];
}

/**
 * Returns a function that encrypts into a new scratch file, with the reference of step 2, as the run does except for the
 * given difference.
 */
export function encryptAs({ encryptionContext, scratchFolder }: Run) {
  return async ({ keyArn, ...difference }: Partial<EncryptRequest> & { keyArn: string }): Promise<string> => {
    const encryptedFile = join(scratchFolder, randomUUID());
    const materialsManager = createMaterialsManager(keyArn);
    await encryptFile({ plaintextFile, encryptionContext, materialsManager, ...difference, encryptedFile });
    return encryptedFile;
  };
}

/** False, too, if there is no message: an exercise may have removed it, or written over it. */
async function isUnder(keyArn: string, encryptedFile: string): Promise<boolean> {
  const message = await readMessage(encryptedFile).catch(() => undefined);
  return message?.keyArn === keyArn;
}
