import * as sdk from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { outOfScope } from '../operations/out-of-scope.ts';
import { type GoldenRow, golden, source, startWorld } from './golden-answers.ts';

startWorld();

const { own, recorded } = source;

const usage = (operation: string) =>
  `InvalidKeyUsageException: <ARN> key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`;
const origin =
  'UnsupportedOperationException: <ARN> origin is AWS_KMS which is not valid for this operation.';
const notPrimary = 'UnsupportedOperationException: <ARN> is not a multi-region primary key.';
const lacks = (operation: string, what: string) =>
  `UnsupportedOperationException: The local AWS does not support ${operation}: it has no ${what}.`;

/** By operation: the answer for a symmetric key, whose id every call brings, and where it comes from. */
const answers: Readonly<Record<string, readonly [string, string]>> = {
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
  GenerateDataKeyPair: [lacks('GenerateDataKeyPair', 'asymmetric data key pairs'), own],
  GenerateDataKeyPairWithoutPlaintext: [
    lacks('GenerateDataKeyPairWithoutPlaintext', 'asymmetric data key pairs'),
    own,
  ],
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

test('every operation that is refused is here', () => {
  expect(Object.keys(answers).sort()).toEqual(outOfScope.map(({ name }) => name).sort());
});

for (const [operation, [answer, from]] of Object.entries(answers)) {
  const Command = commands[`${operation}Command`] as AnyCommand;
  const row = ['a symmetric key', ({ key }) => ({ KeyId: key.id }), answer, from] as GoldenRow<object>;
  golden(operation, (kms, input: object) => kms.send(new Command(input)), [row]);
}
