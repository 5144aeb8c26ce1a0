import * as sdk from '@aws-sdk/client-kms';
import { expect } from 'vitest';
import { test } from '../../testing/local-aws-under-test.ts';
import { type Shape, sdkOperationsOf, sdkOutputMembers } from '../../testing/member-shapes.ts';
import { recordingClient } from '../../testing/recorded-answers.ts';
import { kmsOperations } from './index.ts';
import { outOfScope } from './out-of-scope.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Differences between an answer and the SDK's model: unknown members and wrong types. */
function misfits(value: unknown, shape: Shape, path: string): string[] {
  if (typeof shape === 'string') return fits(value, shape) ? [] : [`${path} is no ${shape}`];
  if ('list' in shape) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, index) => misfits(item, shape.list, `${path}[${index}]`));
  }
  const entries = Object.entries(value as object);
  if ('map' in shape) return entries.flatMap(([name, item]) => misfits(item, shape.map, `${path}.${name}`));
  return entries.flatMap(([name, item]) => {
    const member = shape.members[name];
    return member
      ? misfits(item, member.shape, `${path}.${name}`)
      : [`${path} has the unknown member ${name}`];
  });
}

function fits(value: unknown, shape: string): boolean {
  if (shape === 'blob') return typeof value === 'string' && base64.test(value);
  return typeof value === (shape === 'timestamp' ? 'number' : shape);
}

/** Calls every operation so that it succeeds, with as much in its answer as there can be. */
async function callEverything(kms: sdk.KMSClient): Promise<void> {
  const { KeyMetadata } = await kms.send(
    new sdk.CreateKeyCommand({ Description: 'all', Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
  );
  const KeyId = KeyMetadata?.KeyId;
  const key = { KeyId };
  const EncryptionContext = { purpose: 'test' };
  const AliasName = 'alias/all';
  await kms.send(new sdk.CreateAliasCommand({ AliasName, TargetKeyId: KeyId }));
  await kms.send(new sdk.UpdateAliasCommand({ AliasName, TargetKeyId: KeyId }));
  await kms.send(new sdk.ListAliasesCommand({}));
  await kms.send(new sdk.UpdateKeyDescriptionCommand({ ...key, Description: 'another' }));
  await kms.send(new sdk.TagResourceCommand({ ...key, Tags: [{ TagKey: 'c', TagValue: 'd' }] }));
  await kms.send(new sdk.ListResourceTagsCommand({ ...key, Limit: 1 }));
  await kms.send(new sdk.UntagResourceCommand({ ...key, TagKeys: ['c'] }));
  await kms.send(new sdk.EnableKeyRotationCommand(key));
  await kms.send(new sdk.GetKeyRotationStatusCommand(key));
  await kms.send(new sdk.RotateKeyOnDemandCommand(key));
  await kms.send(
    new sdk.ListKeyRotationsCommand({ ...key, IncludeKeyMaterial: 'ALL_KEY_MATERIAL', Limit: 1 }),
  );
  await kms.send(new sdk.ListKeyRotationsCommand(key));
  await kms.send(new sdk.DisableKeyRotationCommand(key));

  const { CiphertextBlob } = await kms.send(
    new sdk.EncryptCommand({ KeyId, Plaintext: Buffer.from('secret'), EncryptionContext }),
  );
  await kms.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext }));
  const source = { CiphertextBlob, SourceEncryptionContext: EncryptionContext };
  await kms.send(new sdk.ReEncryptCommand({ ...source, DestinationKeyId: KeyId }));
  await kms.send(new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  await kms.send(new sdk.GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }));
  const pair = { KeyId, KeyPairSpec: 'ECC_NIST_P256' as const };
  await kms.send(new sdk.GenerateDataKeyPairCommand(pair));
  await kms.send(new sdk.GenerateDataKeyPairWithoutPlaintextCommand(pair));
  await kms.send(new sdk.GenerateRandomCommand({ NumberOfBytes: 8 }));

  await callAccess(kms, KeyMetadata);

  await kms.send(new sdk.DisableKeyCommand(key));
  await kms.send(new sdk.EnableKeyCommand(key));
  await kms.send(new sdk.ScheduleKeyDeletionCommand(key));
  await kms.send(new sdk.DescribeKeyCommand(key));
  await kms.send(new sdk.CancelKeyDeletionCommand(key));
  await kms.send(new sdk.CreateKeyCommand({}));
  await kms.send(new sdk.ListKeysCommand({ Limit: 1 }));
  await kms.send(new sdk.DeleteAliasCommand({ AliasName }));
}

/** The part of it that is about key policies and grants. */
async function callAccess(kms: sdk.KMSClient, metadata: sdk.KeyMetadata | undefined): Promise<void> {
  const KeyId = metadata?.KeyId;
  const { Policy } = await kms.send(new sdk.GetKeyPolicyCommand({ KeyId }));
  await kms.send(new sdk.PutKeyPolicyCommand({ KeyId, Policy }));
  await kms.send(new sdk.ListKeyPoliciesCommand({ KeyId }));
  const user = `arn:aws:iam::${metadata?.AWSAccountId}:user/administrator`;
  const grant = {
    KeyId,
    GranteePrincipal: user,
    RetiringPrincipal: user,
    Operations: ['Decrypt' as const],
    Constraints: { EncryptionContextSubset: { purpose: 'test' } },
    Name: 'all',
  };
  const { GrantId } = await kms.send(new sdk.CreateGrantCommand(grant));
  await kms.send(new sdk.ListGrantsCommand({ KeyId }));
  await kms.send(new sdk.ListRetirableGrantsCommand({ RetiringPrincipal: user }));
  await kms.send(new sdk.RevokeGrantCommand({ KeyId, GrantId }));
  const { GrantToken } = await kms.send(new sdk.CreateGrantCommand(grant));
  await kms.send(new sdk.RetireGrantCommand({ GrantToken }));
}

test('every answer has only members that the SDK knows, with the same types', async ({ local }) => {
  const { kms, answers } = recordingClient(local.clientSettings);
  await callEverything(kms);
  const schemas = sdkOperationsOf(sdk);
  const faults = answers.flatMap(({ operation, body }) =>
    misfits(body, { members: sdkOutputMembers(schemas, operation) }, operation),
  );
  expect(faults).toEqual([]);
  const stranger = misfits({ Stranger: 1 }, { members: sdkOutputMembers(schemas, 'CreateKey') }, 'CreateKey');
  expect(stranger).toEqual(['CreateKey has the unknown member Stranger']);
  const refused = new Set(outOfScope.map(({ name }) => name));
  const called = new Set(answers.map(({ operation }) => operation));
  expect([...called].sort()).toEqual(
    kmsOperations
      .map(({ name }) => name)
      .filter((name) => !refused.has(name))
      .sort(),
  );
});
