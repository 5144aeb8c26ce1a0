import {
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  ReEncryptCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { type GetCallerIdentityCommandOutput as Caller, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { kms, newAliasName, newKey, otherKey, sts } from './clients.ts';
import { eventually } from './eventually.ts';
import { refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';
import { requestIdOf, type ShownCall, waitForCalls } from './trail.ts';

/** The plaintext. */
const secret = 'a secret that no record may have';
export const auditedContext = { purpose: 'conformance', tenant: 'a' };

/** The ids of the requests, by what they are for. */
type RequestIds = Record<string, string>;

export interface AuditedCalls {
  /** The key that all of them are about. */
  readonly subject: SuiteKey;
  readonly caller: Caller;
  readonly requestIds: Readonly<RequestIds>;
  /** CloudTrail's records of the calls. */
  readonly shown: readonly ShownCall[];
  /** Texts that no record may contain. */
  readonly secrets: readonly string[];
}

/**
 * Makes a key, calls each operation that is about one, and waits until CloudTrail shows it: all calls first, because CloudTrail
 * takes its time, and then one wait for all of them.
 */
export async function makeAuditedCalls(): Promise<AuditedCalls> {
  const subject = await newKey('audited');
  const caller = await sts.send(new GetCallerIdentityCommand());
  const requestIds: RequestIds = {};
  const dataKey = await useKey(subject, requestIds);
  await changeKey(subject, caller, requestIds);
  await misuseKey(subject, requestIds);
  requestIds.scheduled = await requestIdOf(
    kms.send(new ScheduleKeyDeletionCommand({ KeyId: subject.id, PendingWindowInDays: 7 })),
  );
  const shown = await waitForCalls(subject.arn, Object.values(requestIds));
  const secrets = [secret, Buffer.from(secret).toString('base64'), dataKey];
  return { subject, caller, requestIds, shown, secrets };
}

/** @returns the data key, in base64 */
async function useKey(subject: SuiteKey, requestIds: RequestIds): Promise<string> {
  const KeyId = subject.aliasArn;
  const dataKey = await kms.send(
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: auditedContext }),
  );
  requestIds.dataKey = dataKey.$metadata.requestId ?? '';
  requestIds.dataKeyWithoutPlaintext = await requestIdOf(
    kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: subject.id, NumberOfBytes: 64 })),
  );
  const Plaintext = Buffer.from(secret);
  const encrypted = await kms.send(
    new EncryptCommand({ KeyId: subject.arn, Plaintext, EncryptionContext: auditedContext }),
  );
  requestIds.encrypted = encrypted.$metadata.requestId ?? '';
  const { CiphertextBlob } = encrypted;
  requestIds.decrypted = await requestIdOf(
    kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: auditedContext })),
  );
  requestIds.reEncrypted = await requestIdOf(
    kms.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: auditedContext,
        DestinationKeyId: otherKey.id,
        DestinationEncryptionContext: { moved: 'yes' },
      }),
    ),
  );
  requestIds.described = await requestIdOf(kms.send(new DescribeKeyCommand({ KeyId: subject.id })));
  requestIds.policyRead = await requestIdOf(kms.send(new GetKeyPolicyCommand({ KeyId: subject.id })));
  return Buffer.from(dataKey.Plaintext ?? []).toString('base64');
}

async function changeKey(subject: SuiteKey, caller: Caller, requestIds: RequestIds): Promise<void> {
  const KeyId = subject.id;
  const AliasName = newAliasName('audited_too');
  const inTurn: Record<string, () => Promise<{ $metadata: { requestId?: string } }>> = {
    aliasCreated: () => kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId })),
    aliasUpdated: () => kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId: KeyId })),
    aliasDeleted: () => kms.send(new DeleteAliasCommand({ AliasName })),
    tagged: () =>
      kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'stage', TagValue: 'audited' }] })),
    untagged: () => kms.send(new UntagResourceCommand({ KeyId, TagKeys: ['stage'] })),
    rotationEnabled: () => kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 180 })),
    rotationDisabled: () => kms.send(new DisableKeyRotationCommand({ KeyId })),
  };
  for (const [what, call] of Object.entries(inTurn)) {
    requestIds[what] = (await eventually(call)).$metadata.requestId ?? '';
  }
  const grant = await kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: caller.Arn, Operations: ['Decrypt'], Name: 'audited' }),
  );
  requestIds.granted = grant.$metadata.requestId ?? '';
  const revoked = await eventually(() => kms.send(new RevokeGrantCommand({ KeyId, GrantId: grant.GrantId })));
  requestIds.revoked = revoked.$metadata.requestId ?? '';
}

async function misuseKey(subject: SuiteKey, requestIds: RequestIds): Promise<void> {
  const KeyId = subject.id;
  const ofOtherKey = await kms.send(
    new EncryptCommand({ KeyId: otherKey.id, Plaintext: Buffer.from(secret) }),
  );
  requestIds.incorrectKey = await requestIdOf(
    kms.send(new DecryptCommand({ KeyId: subject.arn, CiphertextBlob: ofOtherKey.CiphertextBlob })),
  );
  requestIds.disabled = await requestIdOf(kms.send(new DisableKeyCommand({ KeyId })));
  const generate = () => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_128' }));
  await eventually(() => refusalOf(generate()));
  requestIds.refused = await requestIdOf(generate());
  requestIds.enabled = await requestIdOf(kms.send(new EnableKeyCommand({ KeyId })));
}
