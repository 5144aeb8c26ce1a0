import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { withLocalAws } from '../run/target.ts';
import { readMessage } from './message.ts';

async function encryptedFile(
  policy: CommitmentPolicy,
): Promise<{ file: string; keyArn: string; messageId: string }> {
  const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand({}));
  const keyArn = KeyMetadata?.Arn ?? '';
  const keyring = new KmsKeyringNode({ generatorKeyId: keyArn });
  const { result, messageHeader } = await buildClient(policy).encrypt(keyring, 'plaintext', {
    encryptionContext: { whatfor: 'a test' },
    frameLength: 1024,
  });
  const file = join(await mkdtemp(join(tmpdir(), 'message-')), 'message');
  await writeFile(file, result);
  return { file, keyArn, messageId: Buffer.from(messageHeader.messageId).toString('hex') };
}

test('reads what a message says about itself', () =>
  withLocalAws({}, async () => {
    const { file, keyArn, messageId } = await encryptedFile(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

    const message = await readMessage(file);
    expect(message).toMatchObject({ keyArn, messageId, isCommitting: true, frameLength: 1024 });
    expect(message.encryptionContext).toMatchObject({ whatfor: 'a test' });
    expect(message.encryptedDataKey).not.toBe('');
    expect((await readFile(file)).subarray(-message.body.length).equals(message.body)).toBe(true);
  }));

test('recognises a message that commits to its data key', () =>
  withLocalAws({}, async () => {
    const committing = await encryptedFile(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const other = await encryptedFile(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);

    expect((await readMessage(committing.file)).isCommitting).toBe(true);
    expect((await readMessage(other.file)).isCommitting).toBe(false);
  }));

test.each([['plain text'], [''], ['\u0002garbage']])('rejects %j, which is not a message', async (text) => {
  const file = join(await mkdtemp(join(tmpdir(), 'message-')), 'not-a-message');
  await writeFile(file, text);

  await expect(readMessage(file)).rejects.toThrow(`${file} is not an encrypted message`);
});
