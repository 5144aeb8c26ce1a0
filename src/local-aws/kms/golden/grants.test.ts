import {
  CreateGrantCommand,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { constraint, golden, missing, source, startWorld, type World } from './golden-answers.ts';

startWorld();

const { model, own, recorded, reference, reported } = source;
const administrator = 'arn:aws:iam::111122223333:user/administrator';
const nobody = 'arn:aws:iam::111122223333:user/nobody';
const noKey = '00000000-0000-4000-8000-000000000000';
const noGrant = '0'.repeat(64);
const notFound = `NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/${noKey}' does not exist`;
const aliasRefused = 'InvalidArnException: Key Aliases are not supported for this operation.';
const grantNotFound = `NotFoundException: Grant '${noGrant}' does not exist`;
const invalidGrantId = "InvalidGrantIdException: Invalid grant id 'mine'";
const invalidToken = 'InvalidGrantTokenException: The grant token is not valid.';
const invalidMarker = 'InvalidMarkerException: Invalid marker: mine';
const notAValidPrincipal = `InvalidArnException: ARN does not refer to a valid principal: ${nobody}`;
const eitherGrantee =
  'ValidationException: You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.';
const grantOperations =
  'Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, ReEncryptFrom, ReEncryptTo, Sign, Verify, GetPublicKey, CreateGrant, RetireGrant, DescribeKey, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GenerateMac, VerifyMac, DeriveSharedSecret, Encapsulate, Decapsulate';

/** A good request, but for what a row changes. */
const creating =
  (changes: object) =>
  ({ key }: World) => ({
    KeyId: key.id,
    GranteePrincipal: administrator,
    Operations: ['Encrypt'],
    ...changes,
  });

const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

golden('CreateGrant', (kms, input: CreateGrantCommand['input']) => kms.send(new CreateGrantCommand(input)), [
  ['no key', creating({ KeyId: undefined }), missing('keyId'), model],
  ['no operations', creating({ Operations: undefined }), missing('operations'), model],
  ['a key that is not there', creating({ KeyId: noKey }), notFound, recorded],
  ['an alias', creating({ KeyId: 'alias/golden' }), aliasRefused, recorded],
  [
    'an unknown operation',
    creating({ Operations: ['Paint'] }),
    constraint("'Paint' at 'operations.1.member'", `satisfy enum value set: [${grantOperations}]`),
    model,
  ],
  [
    'an empty list of operations',
    creating({ Operations: [] }),
    'ValidationException: Operations must contain at least one operation.',
    own,
  ],
  // "KMS returns a ValidationError exception."
  [
    'operations that a symmetric key does not have',
    creating({ Operations: ['Encrypt', 'Sign', 'Verify'] }),
    'ValidationException: Operations not supported by a key with KeySpec SYMMETRIC_DEFAULT: Sign, Verify.',
    own,
  ],
  ['a grantee who is not there', creating({ GranteePrincipal: nobody }), notAValidPrincipal, reported],
  [
    'a retiring principal who is not there',
    creating({ RetiringPrincipal: nobody }),
    notAValidPrincipal,
    reported,
  ],
  [
    'a grantee that is none',
    creating({ GranteePrincipal: 'alice' }),
    'InvalidArnException: ARN does not refer to a valid principal: alice',
    reported,
  ],
  [
    'a grantee with characters that none has',
    creating({ GranteePrincipal: 'arn:aws:iam::*:root' }),
    constraint(
      "'arn:aws:iam::*:root' at 'granteePrincipal'",
      'satisfy regular expression pattern: ^[\\w+=,.@:/-]+$',
    ),
    model,
  ],
  ['no grantee', creating({ GranteePrincipal: undefined }), eitherGrantee, reference],
  ['two grantees', creating({ GranteeServicePrincipal: 'service.amazonaws.com' }), eitherGrantee, reference],
  [
    'two retiring principals',
    creating({ RetiringPrincipal: administrator, RetiringServicePrincipal: 'service.amazonaws.com' }),
    'ValidationException: You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
    reference,
  ],
  [
    'a service without the resource that it acts for',
    creating({ GranteePrincipal: undefined, GranteeServicePrincipal: 'service.amazonaws.com' }),
    'ValidationException: With a GranteeServicePrincipal you must specify a SourceArn constraint.',
    own,
  ],
  [
    'a service and nobody to retire the grant',
    creating({
      GranteePrincipal: undefined,
      GranteeServicePrincipal: 'service.amazonaws.com',
      Constraints: { SourceArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/t' },
    }),
    'ValidationException: With a GranteeServicePrincipal you must specify a RetiringPrincipal or a RetiringServicePrincipal.',
    own,
  ],
  [
    'nine pairs in a constraint',
    creating({ Constraints: { EncryptionContextSubset: pairs(9) } }),
    'LimitExceededException: EncryptionContextSubset can have 8 pairs; this one has 9.',
    own,
  ],
  [
    'a value of 385 characters in a constraint',
    creating({ Constraints: { EncryptionContextEquals: { a: 'x'.repeat(385) } } }),
    "LimitExceededException: A value in EncryptionContextEquals can have 384 characters; that of 'a' has more.",
    own,
  ],
  [
    'a name with a space',
    creating({ Name: 'my grant' }),
    constraint("'my grant' at 'name'", 'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$'),
    model,
  ],
  ['a token that is none', creating({ GrantTokens: ['mine'] }), invalidToken, own],
  [
    'eleven tokens',
    creating({ GrantTokens: Array.from({ length: 11 }, () => 'a') }),
    constraint(
      `'[${Array.from({ length: 11 }, () => '"a"').join(', ')}]' at 'grantTokens'`,
      'have length less than or equal to 10',
    ),
    model,
  ],
]);

golden('ListGrants', (kms, input: ListGrantsCommand['input']) => kms.send(new ListGrantsCommand(input)), [
  ['no key', () => ({}), missing('keyId'), model],
  ['a key that is not there', () => ({ KeyId: noKey }), notFound, recorded],
  ['a grant id that is none', ({ key }) => ({ KeyId: key.id, GrantId: 'mine' }), invalidGrantId, own],
  ['a grant that is not there', ({ key }) => ({ KeyId: key.id, GrantId: noGrant }), grantNotFound, own],
  [
    'two grantees',
    ({ key }) => ({
      KeyId: key.id,
      GranteePrincipal: nobody,
      GranteeServicePrincipal: 'service.amazonaws.com',
    }),
    'ValidationException: You can specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
    reference,
  ],
  [
    'a limit of 101',
    ({ key }) => ({ KeyId: key.id, Limit: 101 }),
    constraint("'101' at 'limit'", 'have value less than or equal to 100'),
    reference,
  ],
  ['a marker of something else', ({ key }) => ({ KeyId: key.id, Marker: 'mine' }), invalidMarker, own],
]);

golden(
  'ListRetirableGrants',
  (kms, input: ListRetirableGrantsCommand['input']) => kms.send(new ListRetirableGrantsCommand(input)),
  [
    [
      'nobody',
      () => ({}),
      'ValidationException: You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
      reference,
    ],
    [
      'a service',
      () => ({ RetiringServicePrincipal: 'service.amazonaws.com' }),
      'UnsupportedOperationException: RetiringServicePrincipal can be used by AWS services only.',
      own,
    ],
    ['somebody who is not there', () => ({ RetiringPrincipal: nobody }), notAValidPrincipal, reported],
    [
      'a marker of something else',
      () => ({ RetiringPrincipal: administrator, Marker: 'mine' }),
      invalidMarker,
      own,
    ],
  ],
);

const eitherTokenOrId =
  'ValidationException: You must specify either a GrantToken, or both a KeyId and a GrantId.';

golden('RetireGrant', (kms, input: RetireGrantCommand['input']) => kms.send(new RetireGrantCommand(input)), [
  ['nothing', () => ({}), eitherTokenOrId, own],
  ['a key alone', ({ key }) => ({ KeyId: key.arn }), eitherTokenOrId, own],
  ['a token and a key', ({ key }) => ({ KeyId: key.arn, GrantToken: 'a' }), eitherTokenOrId, own],
  ['a token that is none', () => ({ GrantToken: 'mine' }), invalidToken, own],
  ['a grant id that is none', ({ key }) => ({ KeyId: key.arn, GrantId: 'mine' }), invalidGrantId, own],
  ['a grant that is not there', ({ key }) => ({ KeyId: key.arn, GrantId: noGrant }), grantNotFound, own],
]);

golden('RevokeGrant', (kms, input: RevokeGrantCommand['input']) => kms.send(new RevokeGrantCommand(input)), [
  ['no key', () => ({ GrantId: noGrant }), missing('keyId'), model],
  ['no grant', ({ key }) => ({ KeyId: key.id }), missing('grantId'), model],
  ['a key that is not there', () => ({ KeyId: noKey, GrantId: noGrant }), notFound, recorded],
  ['a grant id that is none', ({ key }) => ({ KeyId: key.id, GrantId: 'mine' }), invalidGrantId, own],
  ['a grant that is not there', ({ key }) => ({ KeyId: key.id, GrantId: noGrant }), grantNotFound, own],
]);
