import * as sdk from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { ownEnums, requiredMembers } from '../../testing/member-shapes.ts';
import { outOfScope } from '../operations/out-of-scope.ts';
import { constraint, type GoldenRow, golden, source, startWorld } from './golden-answers.ts';

startWorld();

const { model, own, recorded } = source;

const usage = (operation: string) =>
  `InvalidKeyUsageException: <ARN> key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`;
const origin =
  'UnsupportedOperationException: <ARN> origin is AWS_KMS which is not valid for this operation.';
const notPrimary = 'UnsupportedOperationException: <ARN> is not a multi-region primary key.';
const lacks = (operation: string, what: string) =>
  `UnsupportedOperationException: The local AWS does not support ${operation}: it has no ${what}.`;

/** By operation: the answer for a symmetric key, whose id every call brings, and where it comes from. */
const answers: Readonly<Record<string, readonly [string, GoldenRow<object>[3]]>> = {
  // Recorded for GenerateMac, Verify and DeriveSharedSecret.
  Sign: [usage('Sign'), recorded],
  Verify: [usage('Verify'), recorded],
  GenerateMac: [usage('GenerateMac'), recorded],
  VerifyMac: [usage('VerifyMac'), recorded],
  DeriveSharedSecret: [usage('DeriveSharedSecret'), recorded],
  Encapsulate: [usage('Encapsulate'), recorded],
  Decapsulate: [usage('Decapsulate'), recorded],
  GetPublicKey: [
    'UnsupportedOperationException: <ARN> is a symmetric encryption key, which has no public key.',
    own,
  ],
  // Recorded for GetParametersForImport.
  GetParametersForImport: [origin, recorded],
  ImportKeyMaterial: [origin, recorded],
  DeleteImportedKeyMaterial: [origin, recorded],
  ReplicateKey: [notPrimary, recorded],
  UpdatePrimaryRegion: [notPrimary, own],
  GetKeyLastUsage: [lacks('GetKeyLastUsage', 'record of the last use of a key outside CloudTrail'), own],
  CreateCustomKeyStore: [lacks('CreateCustomKeyStore', 'custom key stores'), own],
  ConnectCustomKeyStore: [lacks('ConnectCustomKeyStore', 'custom key stores'), own],
  DescribeCustomKeyStores: [lacks('DescribeCustomKeyStores', 'custom key stores'), own],
  DisconnectCustomKeyStore: [lacks('DisconnectCustomKeyStore', 'custom key stores'), own],
  UpdateCustomKeyStore: [lacks('UpdateCustomKeyStore', 'custom key stores'), own],
  DeleteCustomKeyStore: [lacks('DeleteCustomKeyStore', 'custom key stores'), own],
};

type AnyCommand = new (input: object) => sdk.DescribeKeyCommand;
const commands = sdk as unknown as Readonly<Record<string, AnyCommand>>;

test('every refused operation has a row', () => {
  expect(Object.keys(answers).sort()).toEqual(outOfScope.map(({ name }) => name).sort());
});

const bytes = new Uint8Array(1);

for (const { name, input } of outOfScope) {
  const [answer, from] = answers[name] ?? ['', own];
  const Command = commands[`${name}Command`] as AnyCommand;
  // The SDK takes blobs as bytes.
  const valid = Object.fromEntries(
    Object.entries(requiredMembers(input)).map(([member, value]) => [
      member,
      value === 'eA==' ? bytes : value,
    ]),
  );
  const unknownValues = ownEnums(input, '')
    .map(([path, values]): [string, readonly string[]] => [path.slice(1), values])
    .filter(([member]) => !member.includes('.'));
  golden<object>(name, (kms, members) => kms.send(new Command(members)), [
    ['a symmetric key', ({ key }) => ({ ...valid, KeyId: key.id }), answer, from],
    // Before anything is said of the key: recorded for two of them.
    ...unknownValues.map(
      ([member, values]): GoldenRow<object> => [
        `an unknown ${member}`,
        ({ key }) => ({ ...valid, KeyId: key.id, [member]: 'INVALID' }),
        constraint(
          `'INVALID' at '${member.charAt(0).toLowerCase()}${member.slice(1)}'`,
          `satisfy enum value set: [${values.join(', ')}]`,
        ),
        ['MacAlgorithm', 'KeyAgreementAlgorithm'].includes(member) ? recorded : model,
      ],
    ),
  ]);
}

test('parameters of an unknown value are among the rows', () => {
  const sign = outOfScope.find(({ name }) => name === 'Sign');
  expect(sign && ownEnums(sign.input, '').map(([path]) => path)).toEqual([
    '.SigningAlgorithm',
    '.MessageType',
  ]);
});
