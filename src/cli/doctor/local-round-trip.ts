import { CreateKeyCommand, DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { startTarget, useEnvironment } from '../../run/target.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Finding, ok, wrong } from './finding.ts';

const subject = 'Local AWS';

/** Starts the local AWS, gets a data key from it and has it decrypted again. */
export async function checkLocalRoundTrip(settings: Settings): Promise<Finding> {
  try {
    const target = await startTarget(settings);
    const restore = useEnvironment(target.environment);
    try {
      return await roundTrip(new KMSClient());
    } finally {
      restore();
      await target.close();
    }
  } catch (error) {
    const { name, message } = error as Error;
    const fix =
      'If a proxy or a firewall blocks 127.0.0.1, let this program through. Otherwise run npm test.';
    return wrong(subject, `${name}: ${message}`, fix);
  }
}

async function roundTrip(kms: KMSClient): Promise<Finding> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand());
  const EncryptionContext = { whatfor: 'doctor' };
  const { CiphertextBlob, Plaintext } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: KeyMetadata?.Arn, KeySpec: 'AES_256', EncryptionContext }),
  );
  const decrypted = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  const isSame = Plaintext && decrypted.Plaintext && Buffer.from(Plaintext).equals(decrypted.Plaintext);
  if (isSame) return ok(subject, 'a data key was generated, and decrypting it gave the same key');
  return wrong(
    subject,
    'Decrypting a data key gave a different key.',
    'This is a defect of the local AWS. Run npm test to find it.',
  );
}
