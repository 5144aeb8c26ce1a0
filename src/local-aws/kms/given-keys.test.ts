import { DecryptCommand, DescribeKeyCommand, EncryptCommand, UpdateAliasCommand } from '@aws-sdk/client-kms';
import { expect, onTestFinished, test } from 'vitest';
import type { LocalAwsOptions } from '../index.ts';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { customerAliases, errorOf, startUnderTest } from '../testing/local-aws-under-test.ts';

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const otherId = '0987dcba-09fe-87dc-65ba-ab0987654321';
const material = Buffer.alloc(32, 'the secret of a test').toString('base64');
const otherMaterial = Buffer.alloc(32, 'another secret').toString('base64');
const aliasName = 'alias/given';
const EncryptionContext = { purpose: 'test' };

async function start(options: LocalAwsOptions) {
  const local = await startUnderTest(options);
  onTestFinished(() => local.aws.close());
  return local;
}

/** The message of the refusal to start with these keys. */
const refusal = (keys: LocalAwsOptions['keys']) =>
  start({ keys }).then(
    () => 'It started.',
    (error: Error) => error.message,
  );

test('a key has the id and the alias that were given, and is like any other', async () => {
  const { kms } = await start({ keys: [{ keyId, aliasName }, { keyId: otherId }] });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: aliasName }));
  expect(KeyMetadata).toMatchObject({
    KeyId: keyId,
    Arn: `arn:aws:kms:us-east-1:111122223333:key/${keyId}`,
    KeyManager: 'CUSTOMER',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
  });
  await kms.send(new UpdateAliasCommand({ AliasName: aliasName, TargetKeyId: otherId }));
  expect(await customerAliases(kms)).toMatchObject([{ AliasName: aliasName, TargetKeyId: otherId }]);
});

test('what one local AWS encrypted, another decrypts with the same material, and only with that', async () => {
  const first = await start({ keys: [{ keyId, material }] });
  const { CiphertextBlob } = await first.kms.send(
    new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('kept'), EncryptionContext }),
  );
  const command = new DecryptCommand({ CiphertextBlob, EncryptionContext });
  const same = await start({ keys: [{ keyId, material }] });
  const { Plaintext = [] } = await same.kms.send(command);
  expect(Buffer.from(Plaintext).toString()).toBe('kept');
  for (const keys of [[{ keyId, material: otherMaterial }], [{ keyId }]]) {
    const other = await start({ keys });
    expect(await errorOf(other.kms.send(command))).toMatchObject({ name: 'InvalidCiphertextException' });
  }
});

test('a key in a data directory stays as it is', async () => {
  const kept = await KeptLocalAws.create();
  const keys = [{ keyId, material, aliasName }];
  let local = await kept.start({ keys });
  const other = await local.newKey();
  await local.kms.send(new UpdateAliasCommand({ AliasName: aliasName, TargetKeyId: other.id }));
  const { CiphertextBlob } = await local.kms.send(
    new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('kept') }),
  );
  for (const again of [keys, [{ keyId }], []]) {
    local = await kept.start({ keys: again });
    await local.kms.send(new DecryptCommand({ CiphertextBlob }));
    expect(await customerAliases(local.kms)).toMatchObject([{ TargetKeyId: other.id }]);
  }
  const error = await kept
    .start({ keys: [{ keyId, material: otherMaterial }] })
    .catch((error: Error) => error);
  expect(error).toMatchObject({
    message: `The data directory has a key '${keyId}' with other material. Give the key another keyId, omit its material, or choose another data directory.`,
  });
});

test.for<[string, NonNullable<LocalAwsOptions['keys']>, string]>([
  [
    'an id that is no UUID',
    [{ keyId: 'mine' }],
    "keys[0].keyId is 'mine'; it has to be a UUID in lower case",
  ],
  ['an id in upper case', [{ keyId: keyId.toUpperCase() }], 'it has to be a UUID in lower case'],
  ['an id twice', [{ keyId }, { keyId }], `Two keys have the keyId '${keyId}'.`],
  [
    "an alias of AWS's",
    [{ keyId, aliasName: 'alias/aws/s3' }],
    "keys[0].aliasName is 'alias/aws/s3'; it has to be",
  ],
  ['an alias without its prefix', [{ keyId, aliasName: 'given' }], "keys[0].aliasName is 'given'"],
  [
    'an alias twice',
    [
      { keyId, aliasName },
      { keyId: otherId, aliasName },
    ],
    `The alias '${aliasName}' of the key '${otherId}' names another key.`,
  ],
])('refuses %s', async ([, keys, message]) => {
  expect(await refusal(keys)).toContain(message);
});

test.for([
  Buffer.alloc(31, 'short').toString('base64'),
  Buffer.alloc(32, 'not in base64').toString('hex'),
  `${material} `,
  '',
])('refuses material that is not 32 bytes in base64, without showing it: %j', async (wrong) => {
  const message = await refusal([{ keyId: otherId }, { keyId, material: wrong }]);
  expect(message).toBe(
    'keys[1].material has to be 32 bytes in base64. Make it with: openssl rand -base64 32',
  );
});

test('the material is in no record of CloudTrail and no log', async () => {
  const logged: string[] = [];
  const onCall = (call: object) => logged.push(JSON.stringify(call));
  const local = await start({ keys: [{ keyId, material }], onCall });
  await local.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  const seen = JSON.stringify([await local.deliveredEvents(), logged]);
  expect(seen).toContain(keyId);
  for (const encoding of ['base64', 'hex', 'utf8'] as const) {
    expect(seen).not.toContain(Buffer.from(material, 'base64').toString(encoding));
  }
});
