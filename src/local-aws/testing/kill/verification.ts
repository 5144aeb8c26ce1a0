import { type CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import {
  DecryptCommand,
  type KMSClient,
  ListResourceTagsCommand,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { expect } from 'vitest';
import type { Acknowledged, AcknowledgedCiphertext, Values } from './acknowledged.ts';

/** Expects that every acknowledged key is there. */
export async function expectKeys(kms: KMSClient, { keyIds }: Acknowledged): Promise<void> {
  const there = new Set<string>();
  for await (const { Keys = [] } of paginateListKeys({ client: kms, pageSize: 1000 }, {})) {
    for (const { KeyId = '' } of Keys) there.add(KeyId);
  }
  expect([...keyIds].filter((id) => !there.has(id))).toEqual([]);
}

/** Expects that every alias names what it was acknowledged to name. */
export async function expectAliases(kms: KMSClient, { aliases }: Acknowledged): Promise<void> {
  const targets = new Map<string, string>();
  for await (const { Aliases = [] } of paginateListAliases({ client: kms, pageSize: 100 }, {})) {
    for (const { AliasName = '', TargetKeyId = '' } of Aliases) targets.set(AliasName, TargetKeyId);
  }
  for (const name of aliases.names()) {
    const target = targets.get(name) ?? '';
    expect(aliases.possible(name), name).toContain(target);
    aliases.settle(name, target);
  }
}

/** Expects that these keys have the versions that were acknowledged. */
export async function expectVersions(
  kms: KMSClient,
  versions: Values,
  keyIds: readonly string[],
): Promise<void> {
  for (const keyId of keyIds) {
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: keyId }));
    const version = Tags.find((tag) => tag.TagKey === 'version')?.TagValue ?? '';
    expect(versions.possible(keyId), `version of ${keyId}`).toContain(version);
    versions.settle(keyId, version);
  }
}

export async function expectDecryption(
  kms: KMSClient,
  ciphertexts: readonly AcknowledgedCiphertext[],
): Promise<void> {
  for (const { blob, plaintext, encryptionContext } of ciphertexts) {
    const { Plaintext = [] } = await kms.send(
      new DecryptCommand({ CiphertextBlob: blob, EncryptionContext: encryptionContext }),
    );
    expect(Buffer.from(Plaintext).toString()).toBe(plaintext);
  }
}

/** Expects that the trail has an event of each of these calls, and not two. */
export async function expectEvents(
  cloudTrail: CloudTrailClient,
  requestIds: readonly string[],
): Promise<void> {
  const missing = new Set(requestIds);
  const twice: string[] = [];
  const seen = new Set<string>();
  for await (const { Events = [] } of paginateLookupEvents({ client: cloudTrail, pageSize: 50 }, {})) {
    for (const { CloudTrailEvent = '' } of Events) {
      const { requestID } = JSON.parse(CloudTrailEvent) as { requestID: string };
      missing.delete(requestID);
      if (seen.has(requestID)) twice.push(requestID);
      seen.add(requestID);
    }
    if (missing.size === 0) break;
  }
  expect([...missing]).toEqual([]);
  expect(twice).toEqual([]);
}
