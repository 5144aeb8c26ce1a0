import type { KMS } from '@aws-sdk/client-kms';
import type { LocalAwsOptions } from 'local-kms-cloudtrail';
import { withLocalClients } from './local-clients.ts';
import { readHeader } from './message.ts';

/** A tenant with a KMS key of its own, and messages by their ids. */
interface LocalTenant {
  keyArn: string;
  messages: Map<string, Uint8Array>;
}

export interface LocalTenants {
  /** Ada, Bob and Eve, by their names. */
  tenants: Map<string, LocalTenant>;
  Ada: LocalTenant;
  Bob: LocalTenant;
  /** A key that no tenant has. */
  spareKeyArn: string;
  kms: KMS;
  /** Creates another client, which is destroyed at the end. */
  createKms(): KMS;
}

const keyIds = [1, 2, 3, 4].map((n) => `1234abcd-12ab-34cd-56ef-12345678900${n}`);
const keyArns = keyIds.map((keyId) => `arn:aws:kms:us-east-1:111122223333:key/${keyId}`);

/**
 * Runs an action with three tenants that have no messages, in a local AWS of its own.
 *
 * @param options as for the local AWS
 */
export function withLocalTenants<Result>(
  options: Omit<LocalAwsOptions, 'keys'>,
  action: (given: LocalTenants) => Promise<Result>,
): Promise<Result> {
  const keys = keyIds.map((keyId) => ({ keyId }));
  return withLocalClients({ ...options, keys }, ({ kms, createClients }) => {
    const tenant = (n: number): LocalTenant => ({ keyArn: keyArns[n] ?? '', messages: new Map() });
    const [Ada, Bob, Eve] = [tenant(0), tenant(1), tenant(2)];
    const tenants = new Map(Object.entries({ Ada, Bob, Eve }));
    return action({
      tenants,
      Ada,
      Bob,
      spareKeyArn: tenant(3).keyArn,
      kms,
      createKms: () => createClients().kms,
    });
  });
}

/** Creates a key under which everybody may make data keys, and nobody may decrypt them. Returns its ARN. */
export async function createEncryptOnlyKey(kms: KMS): Promise<string> {
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'kms:GenerateDataKey', Resource: '*' };
  const { KeyMetadata } = await kms.createKey({
    Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
    BypassPolicyLockoutSafetyCheck: true,
  });
  return KeyMetadata?.Arn ?? '';
}

/** Returns the number of different data keys that messages have. */
export function countDataKeys(messages: Iterable<Uint8Array>): number {
  return new Set([...messages].map((message) => `${dataKeyOf(message)?.encryptedDataKey}`)).size;
}

/** Returns the ARN of the KMS key that a message's data key is encrypted under, or undefined if it is no message. */
export function keyArnOf(message: Uint8Array): string | undefined {
  return dataKeyOf(message)?.providerInfo;
}

function dataKeyOf(message: Uint8Array) {
  const header = readHeader(message);
  return header ? header.messageHeader.encryptedDataKeys[0] : undefined;
}
