import { expect, test } from 'vitest';
import { aliasArn, newAccount } from '../account.ts';
import { StructureShape } from '../api/members.ts';
import type { Operation } from '../api/operation.ts';
import { type MemberShape, Shape } from '../api/shape.ts';
import { Identities } from '../authorization/identities.ts';
import { newUser } from '../authorization/principal.ts';
import { ManualClock } from '../clock.ts';
import { requiredMembers } from '../testing/member-shapes.ts';
import { seal } from './ciphertext-blob.ts';
import { newKey } from './key.ts';
import type { Kms } from './kms.ts';
import { kmsOperations } from './operations/index.ts';
import { keyId } from './shapes.ts';
import { KmsState } from './state.ts';

/*
 * Every member of every operation that names a key, found in the table of operations, gets every identifier that names no
 * key: among them ARNs that differ from a key's, or an alias's, in one part.
 */

const account = 'arn:aws:kms:us-east-1:111122223333';
const noSuchId = '01234567-89ab-cdef-0123-456789abcdef';
const multiRegionId = 'mrk-d3b95762d3b95762d3b95762d3b95762';

/** Operations that take an alias too (the description of KeyId in the KMS API reference). */
const takeAliases = new Set([
  'Decapsulate',
  'Decrypt',
  'DeriveSharedSecret',
  'DescribeKey',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetPublicKey',
  'ReEncrypt',
  'Sign',
  'Verify',
  'VerifyMac',
]);

/** A KMS with one key, and one alias of it. */
function newWorld() {
  const home = newAccount('111122223333', 'us-east-1');
  const user = newUser(home.accountId, 'administrator');
  const identities = new Identities(home.accountId);
  identities.add(user, []);
  const key = newKey(home, 0, { description: '', tags: [], policy: '{}' });
  const alias = 'alias/golden';
  const state = new KmsState();
  state.putKey(key);
  state.putAlias({
    name: alias,
    arn: aliasArn(home, alias),
    targetKeyId: key.id,
    createdAt: 0,
    updatedAt: 0,
  });
  const kms: Kms = { account: home, clock: new ManualClock(0), state, newestState: state, identities };
  return { kms, user, key, alias, blob: seal(key, Buffer.from('x'), {}).toString('base64') };
}

type World = ReturnType<typeof newWorld>;

/** Input that operations need in addition to a key identifier, where not every value works. */
const otherMembers: Readonly<Record<string, (world: World) => object>> = {
  CreateAlias: () => ({ AliasName: 'alias/new' }),
  CreateGrant: ({ user }) => ({ GranteePrincipal: user.arn, Operations: ['Decrypt'] }),
  Decrypt: ({ blob }) => ({ CiphertextBlob: blob }),
  GenerateDataKey: () => ({ KeySpec: 'AES_256' }),
  GenerateDataKeyPair: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
  GenerateDataKeyPairWithoutPlaintext: () => ({ KeyPairSpec: 'ECC_NIST_P256' }),
  GenerateDataKeyWithoutPlaintext: () => ({ KeySpec: 'AES_256' }),
  ReEncrypt: ({ blob, key }) => ({ CiphertextBlob: blob, DestinationKeyId: key.id }),
  RetireGrant: () => ({ GrantId: '0'.repeat(64) }),
  UpdateAlias: ({ alias }) => ({ AliasName: alias }),
};

const noSuchKey = (arn: string) => `NotFoundException: Key '${arn}' does not exist`;
const noSuchAlias = (arn: string) => `NotFoundException: Alias ${arn} is not found.`;
const noKeyId = (id: string) => `NotFoundException: Invalid keyId '${id}'`;
const noArn = (arn: string) => `InvalidArnException: Invalid ARN: ${arn}`;

/** The ARN with another value in one of its six parts. */
const withPart = (arn: string, part: number, value: string) => arn.split(':').with(part, value).join(':');

/** Identifiers that name no key, with the answers. The texts are recorded unless another source is said. */
function namingNoKey({ key }: World, member: string): [string, string][] {
  const longText = 'k'.repeat(2049);
  const broken = 'ValidationException: 1 validation error detected: Value ';
  const at = `at '${member.charAt(0).toLowerCase()}${member.slice(1)}' failed to satisfy constraint: Member must have length `;
  return [
    // KeyIdType of the model.
    ['', `${broken}'' ${at}greater than or equal to 1`],
    [longText, `${broken}'${longText}' ${at}less than or equal to 2048`],
    ['fake-key-id', noKeyId('fake-key-id')],
    // Without dashes.
    ['134f2428cec14b25a1ae9048164dba47', noKeyId('134f2428cec14b25a1ae9048164dba47')],
    ['mrk-fake-key-id', noKeyId('mrk-fake-key-id')],
    [noSuchId, noSuchKey(`${account}:key/${noSuchId}`)],
    [multiRegionId, noSuchKey(`${account}:key/${multiRegionId}`)],
    [`${account}:key/${noSuchId}`, noSuchKey(`${account}:key/${noSuchId}`)],
    // Quoted by callers of DescribeKey, who made an ARN out of an alias.
    [`${account}:key/alias/aws/sqs`, noKeyId('alias/aws/sqs')],
    // Partition, service, Region, account, and type of resource; recorded for the Region and the account.
    ...[withPart(key.arn, 1, 'aws-cn'), withPart(key.arn, 4, '444455556666')].map((arn): [string, string] => [
      arn,
      noSuchKey(arn),
    ]),
    [withPart(key.arn, 3, 'ap-southeast-1'), 'NotFoundException: Invalid arn ap-southeast-1'],
    ...[
      withPart(key.arn, 0, 'ARN'),
      withPart(key.arn, 1, 'elsewhere'),
      withPart(key.arn, 2, 's3'),
      withPart(key.arn, 3, ''),
      withPart(key.arn, 4, '1111'),
      withPart(key.arn, 5, `grant/${key.id}`),
      withPart(key.arn, 5, 'key/'),
      `${account}`,
    ].map((arn): [string, string] => [arn, arn.startsWith('arn:') ? noArn(arn) : noKeyId(arn)]),
  ];
}

/** Aliases, with the answers to an operation that takes them, and the answer to one that doesn't. */
function namingNoAlias({ alias }: World, refusal: string | undefined): [string, string][] {
  const aliasArn = `${account}:${alias}`;
  const missing = [
    `${account}:alias/none`,
    withPart(aliasArn, 1, 'aws-cn'),
    withPart(aliasArn, 4, '444455556666'),
  ];
  const present = [alias, aliasArn];
  return [
    ['alias/none', refusal ?? noSuchAlias(`${account}:alias/none`)],
    ...missing.map((arn): [string, string] => [arn, refusal ?? noSuchAlias(arn)]),
    [withPart(aliasArn, 2, 's3'), noArn(withPart(aliasArn, 2, 's3'))],
    [withPart(aliasArn, 3, 'ap-southeast-1'), 'NotFoundException: Invalid arn ap-southeast-1'],
    ...(refusal === undefined ? [] : present.map((name): [string, string] => [name, refusal])),
  ];
}

/** Reported by callers of CreateGrant and CreateAlias. */
function aliasRefusal(operation: string, member: string): string | undefined {
  if (member === 'TargetKeyId') return 'ValidationException: Aliases must refer to keys. Not aliases';
  if (takeAliases.has(operation)) return undefined;
  return 'InvalidArnException: Key Aliases are not supported for this operation.';
}

/** The answer to a call, as `Name: message` if it is a refusal. */
async function answerTo({ kms, user }: World, operation: Operation<Kms>, members: object): Promise<string> {
  const { error } = await operation.perform(kms, members, user, () => {});
  return error ? `${error.name}: ${error.message}` : 'done';
}

const refusesIdentifier = (answer: string): boolean =>
  /^NotFoundException: (?:Invalid keyId|Key|Alias|Invalid arn) |^InvalidArnException: |Aliases must refer|Member must have length/.test(
    answer,
  );

const membersOf = (shape: Shape<unknown>): [string, MemberShape][] =>
  shape instanceof StructureShape ? Object.entries(shape.members as Record<string, MemberShape>) : [];

const namesKey = (member: MemberShape): boolean =>
  (member instanceof Shape ? member : member.shape) === keyId;

test('the members that name a key are found', () => {
  const members = kmsOperations.flatMap(({ input }) => membersOf(input));
  const naming = members.filter(([, shape]) => namesKey(shape)).map(([member]) => member);
  expect([...new Set(naming)].sort()).toEqual(['DestinationKeyId', 'KeyId', 'SourceKeyId', 'TargetKeyId']);
});

for (const operation of kmsOperations) {
  const { name } = operation;
  for (const [member] of membersOf(operation.input).filter(([, shape]) => namesKey(shape))) {
    test(`${name} takes as ${member} what names a key here, and refuses everything else`, async () => {
      const world = newWorld();
      const answers = (identifiers: readonly string[]) =>
        Promise.all(
          identifiers.map(async (identifier): Promise<[string, string]> => {
            const members = {
              ...requiredMembers(operation.input),
              ...otherMembers[name]?.(world),
              [member]: identifier,
            };
            return [identifier, await answerTo(world, operation, members)];
          }),
        );
      const refusal = aliasRefusal(name, member);
      const refused = [...namingNoKey(world, member), ...namingNoAlias(world, refusal)];
      expect(await answers(refused.map(([identifier]) => identifier))).toEqual(refused);
      expect(refused.filter(([, text]) => !refusesIdentifier(text))).toEqual([]);

      // Whatever else the operation has to say of them.
      const { key, alias } = world;
      const aliases = refusal === undefined ? [alias, `${account}:${alias}`] : [];
      const taken = await answers([key.id, key.arn, ...aliases]);
      expect(taken.filter(([, text]) => refusesIdentifier(text))).toEqual([]);
    });
  }
}
