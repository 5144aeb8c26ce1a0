import * as sdk from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { ownEnums, ownInputMembers, sdkInputMembers, sdkOperationsOf } from '../../testing/member-shapes.ts';
import { kmsOperations } from './index.ts';

/*
 * The schemas here were written by hand, from AWS's models. The SDK's are made from the models of the day: where they
 * differ after an update of the SDK, AWS has changed, and this fails. No member is left out: what the local AWS can't do,
 * such as answering for a Recipient, it takes and refuses.
 */

/** By the path of the member, or by its name where all operations mean the same. */
const sdkEnums: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'CreateKey.CustomerMasterKeySpec': sdk.CustomerMasterKeySpec,
  'CreateKey.KeySpec': sdk.KeySpec,
  'CreateKey.KeyUsage': sdk.KeyUsageType,
  'CreateKey.Origin': sdk.OriginType,
  'GenerateDataKey.KeySpec': sdk.DataKeySpec,
  'GenerateDataKeyPair.KeyPairSpec': sdk.DataKeyPairSpec,
  'GenerateDataKeyPairWithoutPlaintext.KeyPairSpec': sdk.DataKeyPairSpec,
  'GenerateDataKeyWithoutPlaintext.KeySpec': sdk.DataKeySpec,
  DestinationEncryptionAlgorithm: sdk.EncryptionAlgorithmSpec,
  DryRunModifiers: sdk.DryRunModifierType,
  EncapsulationAlgorithm: sdk.EncapsulationAlgorithmSpec,
  EncryptionAlgorithm: sdk.EncryptionAlgorithmSpec,
  ExpirationModel: sdk.ExpirationModelType,
  ImportType: sdk.ImportType,
  IncludeKeyMaterial: sdk.IncludeKeyMaterial,
  KeyAgreementAlgorithm: sdk.KeyAgreementAlgorithmSpec,
  KeyEncryptionAlgorithm: sdk.KeyEncryptionMechanism,
  MacAlgorithm: sdk.MacAlgorithmSpec,
  MessageType: sdk.MessageType,
  Operations: sdk.GrantOperation,
  SigningAlgorithm: sdk.SigningAlgorithmSpec,
  SourceEncryptionAlgorithm: sdk.EncryptionAlgorithmSpec,
  WrappingAlgorithm: sdk.AlgorithmSpec,
  WrappingKeySpec: sdk.WrappingKeySpec,
};

const sdkOperations = sdkOperationsOf(sdk);

/** Operations that look at their parameters; the others are refused whatever these are. */
const reading = kmsOperations.filter(({ input }) => Object.keys(ownInputMembers(input)).length > 0);

test('the operations that exist or are refused are exactly those of the SDK', () => {
  const own = kmsOperations.map(({ name }) => name);
  expect(own.sort()).toEqual([...sdkOperations.keys()].sort());
});

test('the members with enumerated values are found', () => {
  const paths = reading.flatMap(({ input, name }) => ownEnums(input, name).map(([path]) => path));
  expect(paths).toContain('GenerateDataKey.KeySpec');
});

describe.each(reading)('$name', ({ name, input }) => {
  test("accepts the SDK's members, with the same types, and requires the same", () => {
    expect(ownInputMembers(input)).toEqual(sdkInputMembers(sdkOperations, name));
  });

  test('knows the values that the SDK knows', () => {
    for (const [path, values] of ownEnums(input, name)) {
      const known = sdkEnums[path] ?? sdkEnums[path.replace(/.*\./, '')];
      expect([path, values.toSorted()]).toEqual([path, Object.values(known ?? {}).sort()]);
    }
  });
});
