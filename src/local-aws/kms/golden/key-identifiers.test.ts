import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { constraint, type GoldenRow, golden, source, startWorld, type World } from './golden-answers.ts';

startWorld();

const { model, recorded, reported } = source;

const noSuchId = '01234567-89ab-cdef-0123-456789abcdef';
const multiRegionId = 'mrk-d3b95762d3b95762d3b95762d3b95762';
const account = 'arn:aws:kms:us-east-1:111122223333';
const elsewhere = `arn:aws:kms:ap-southeast-1:111122223333:key/${noSuchId}`;
const ofOthers = `arn:aws:kms:us-east-1:444455556666:key/${noSuchId}`;
const notKms = 'arn:aws:s3:::bucket';

const doesNotExist = (arn: string) => `NotFoundException: Key '${arn}' does not exist`;
const aliasesRefused = 'InvalidArnException: Key Aliases are not supported for this operation.';
const aliasOfAlias = 'ValidationException: Aliases must refer to keys. Not aliases';

/** What every operation answers to an identifier that names no key. */
const nowhere: readonly [string, string, string, string][] = [
  ['a word', 'fake-key-id', "NotFoundException: Invalid keyId 'fake-key-id'", recorded],
  [
    'a UUID without dashes',
    '134f2428cec14b25a1ae9048164dba47',
    "NotFoundException: Invalid keyId '134f2428cec14b25a1ae9048164dba47'",
    recorded,
  ],
  [
    'half a multi-Region id',
    'mrk-fake-key-id',
    "NotFoundException: Invalid keyId 'mrk-fake-key-id'",
    recorded,
  ],
  ['an id of no key', noSuchId, doesNotExist(`${account}:key/${noSuchId}`), recorded],
  ['a multi-Region id', multiRegionId, doesNotExist(`${account}:key/${multiRegionId}`), recorded],
  ['an ARN of no key', `${account}:key/${noSuchId}`, doesNotExist(`${account}:key/${noSuchId}`), recorded],
  ['an ARN of another Region', elsewhere, 'NotFoundException: Invalid arn ap-southeast-1', recorded],
  ['an ARN of another account', ofOthers, doesNotExist(ofOthers), recorded],
  ['an ARN of another service', notKms, `InvalidArnException: Invalid ARN: ${notKms}`, source.own],
];

const missingAlias = `NotFoundException: Alias ${account}:alias/none is not found.`;

type Call = (kms: KMSClient, KeyId: string, world: World) => Promise<unknown>;

interface Kind {
  /** The name of the member in AWS's answer. */
  readonly member: string;
  readonly alias: string;
  readonly calls: Readonly<Record<string, Call>>;
}

const Plaintext = Buffer.from('x');
const AliasName = 'alias/golden';

/** Take an alias and an alias ARN too. */
const anyIdentifier: Kind = {
  member: 'keyId',
  alias: missingAlias,
  calls: {
    Decrypt: (kms, KeyId, { blob }) => kms.send(new DecryptCommand({ KeyId, CiphertextBlob: blob })),
    DescribeKey: (kms, KeyId) => kms.send(new DescribeKeyCommand({ KeyId })),
    Encrypt: (kms, KeyId) => kms.send(new EncryptCommand({ KeyId, Plaintext })),
    GenerateDataKey: (kms, KeyId) => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
    GenerateDataKeyWithoutPlaintext: (kms, KeyId) =>
      kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' })),
  },
};
const reEncryptionSource: Kind = {
  member: 'sourceKeyId',
  alias: missingAlias,
  calls: {
    'ReEncrypt from': (kms, SourceKeyId, { blob, other }) =>
      kms.send(new ReEncryptCommand({ CiphertextBlob: blob, SourceKeyId, DestinationKeyId: other.id })),
  },
};
const reEncryptionDestination: Kind = {
  member: 'destinationKeyId',
  alias: missingAlias,
  calls: {
    'ReEncrypt to': (kms, DestinationKeyId, { blob }) =>
      kms.send(new ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId })),
  },
};

/** Take an id and an ARN only. */
const idOrArn: Kind = {
  member: 'keyId',
  alias: aliasesRefused,
  calls: {
    CancelKeyDeletion: (kms, KeyId) => kms.send(new CancelKeyDeletionCommand({ KeyId })),
    CreateGrant: (kms, KeyId) =>
      kms.send(
        new CreateGrantCommand({
          KeyId,
          GranteePrincipal: 'arn:aws:iam::111122223333:user/administrator',
          Operations: ['Decrypt'],
        }),
      ),
    DisableKey: (kms, KeyId) => kms.send(new DisableKeyCommand({ KeyId })),
    DisableKeyRotation: (kms, KeyId) => kms.send(new DisableKeyRotationCommand({ KeyId })),
    EnableKey: (kms, KeyId) => kms.send(new EnableKeyCommand({ KeyId })),
    EnableKeyRotation: (kms, KeyId) => kms.send(new EnableKeyRotationCommand({ KeyId })),
    GetKeyPolicy: (kms, KeyId) => kms.send(new GetKeyPolicyCommand({ KeyId })),
    GetKeyRotationStatus: (kms, KeyId) => kms.send(new GetKeyRotationStatusCommand({ KeyId })),
    ListAliases: (kms, KeyId) => kms.send(new ListAliasesCommand({ KeyId })),
    ListGrants: (kms, KeyId) => kms.send(new ListGrantsCommand({ KeyId })),
    ListKeyPolicies: (kms, KeyId) => kms.send(new ListKeyPoliciesCommand({ KeyId })),
    ListKeyRotations: (kms, KeyId) => kms.send(new ListKeyRotationsCommand({ KeyId })),
    ListResourceTags: (kms, KeyId) => kms.send(new ListResourceTagsCommand({ KeyId })),
    PutKeyPolicy: (kms, KeyId) => kms.send(new PutKeyPolicyCommand({ KeyId, Policy: '{}' })),
    RevokeGrant: (kms, KeyId) => kms.send(new RevokeGrantCommand({ KeyId, GrantId: '0'.repeat(64) })),
    RotateKeyOnDemand: (kms, KeyId) => kms.send(new RotateKeyOnDemandCommand({ KeyId })),
    ScheduleKeyDeletion: (kms, KeyId) => kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
    TagResource: (kms, KeyId) => kms.send(new TagResourceCommand({ KeyId, Tags: [] })),
    UntagResource: (kms, KeyId) => kms.send(new UntagResourceCommand({ KeyId, TagKeys: [] })),
    UpdateKeyDescription: (kms, KeyId) =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'another' })),
  },
};
const aliasTarget: Kind = {
  member: 'targetKeyId',
  alias: aliasOfAlias,
  calls: {
    CreateAlias: (kms, TargetKeyId) =>
      kms.send(new CreateAliasCommand({ AliasName: 'alias/new', TargetKeyId })),
    UpdateAlias: (kms, TargetKeyId) => kms.send(new UpdateAliasCommand({ AliasName, TargetKeyId })),
  },
};

for (const kind of [anyIdentifier, reEncryptionSource, reEncryptionDestination, idOrArn, aliasTarget]) {
  const identifiers = [
    ...nowhere,
    ['an alias that is not there', 'alias/none', kind.alias, reported],
    ['an alias ARN that is not there', `${account}:alias/none`, kind.alias, reported],
    [
      'an empty text',
      '',
      constraint(`'' at '${kind.member}'`, 'have length greater than or equal to 1'),
      model,
    ],
    [
      'a text of 2049 characters',
      'k'.repeat(2049),
      constraint(`'${'k'.repeat(2049)}' at '${kind.member}'`, 'have length less than or equal to 2048'),
      model,
    ],
  ] as const;
  for (const [operation, call] of Object.entries(kind.calls)) {
    const rows = identifiers.map(
      ([what, identifier, answer, from]) =>
        [what, (world: World) => ({ identifier, world }), answer, from] as GoldenRow<object>,
    );
    golden<{ identifier: string; world: World }>(
      operation,
      (kms, { identifier, world }) => call(kms, identifier, world),
      rows,
    );
  }
}
