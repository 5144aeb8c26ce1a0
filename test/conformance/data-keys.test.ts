import {
  DecryptCommand,
  GenerateDataKeyCommand,
  type GenerateDataKeyCommandInput,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateRandomCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { key, kms } from './clients.ts';
import { constraintBroken, refusal, refusalOf } from './refusal.ts';

const EncryptionContext = { purpose: 'conformance', tenant: 'a' };

type Size = Pick<GenerateDataKeyCommandInput, 'KeySpec' | 'NumberOfBytes'>;

// API reference, GenerateDataKey and GenerateDataKeyWithoutPlaintext
describe.each<[Size, number]>([
  [{ KeySpec: 'AES_256' }, 32],
  [{ KeySpec: 'AES_128' }, 16],
  [{ NumberOfBytes: 64 }, 64],
  [{ NumberOfBytes: 1 }, 1],
  [{ NumberOfBytes: 1024 }, 1024],
])('a data key of %j', (size, length) => {
  test('is given in plaintext and encrypted', async () => {
    const dataKey = await kms.send(new GenerateDataKeyCommand({ KeyId: key.id, ...size, EncryptionContext }));
    expect(dataKey.Plaintext).toHaveLength(length);
    expect(dataKey.KeyId).toBe(key.arn);
    expect(dataKey.KeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob, EncryptionContext }),
    );
    expect(opened.Plaintext).toEqual(dataKey.Plaintext);
    expect(opened.KeyMaterialId).toBe(dataKey.KeyMaterialId);
  });

  test('is given encrypted only', async () => {
    const dataKey = await kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key.id, ...size, EncryptionContext }),
    );
    expect(dataKey).not.toHaveProperty('Plaintext');
    expect(dataKey.KeyId).toBe(key.arn);
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob, EncryptionContext }),
    );
    expect(opened.Plaintext).toHaveLength(length);
  });
});

test('each data key is another', async () => {
  const newDataKey = () => kms.send(new GenerateDataKeyCommand({ KeyId: key.id, KeySpec: 'AES_256' }));
  const dataKeys = await Promise.all([newDataKey(), newDataKey(), newDataKey()]);
  const encoded = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
  expect(new Set(dataKeys.map(({ Plaintext }) => encoded(Plaintext))).size).toBe(3);
  expect(new Set(dataKeys.map(({ CiphertextBlob }) => encoded(CiphertextBlob))).size).toBe(3);
});

describe.each([
  ['GenerateDataKey', (input: object) => kms.send(new GenerateDataKeyCommand({ KeyId: key.id, ...input }))],
  [
    'GenerateDataKeyWithoutPlaintext',
    (input: object) => kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key.id, ...input })),
  ],
])('%s refuses', (_operation, call) => {
  // API reference: either of them, but not both. The sentence is quoted in public reports (nsmithuk/local-kms#6).
  const oneOfThem = refusal('ValidationException', 'Please specify either number of bytes or key spec.');
  test.each([
    ['neither spec nor length', {}, oneOfThem],
    ['both spec and length', { KeySpec: 'AES_256', NumberOfBytes: 32 }, oneOfThem],
    // model: NumberOfBytesType, in the words of recorded answers
    [
      'a length of 0',
      { NumberOfBytes: 0 },
      constraintBroken("'0' at 'numberOfBytes'", 'have value greater than or equal to 1'),
    ],
    [
      'a length of 1025',
      { NumberOfBytes: 1025 },
      constraintBroken("'1025' at 'numberOfBytes'", 'have value less than or equal to 1024'),
    ],
    // recorded (test_generate_data_key_pair_dry_run), for another operation
    [
      'a dry run, which would succeed',
      { KeySpec: 'AES_256', DryRun: true },
      refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    ],
  ])('%s', async (_what, input, expected) => {
    expect(await refusalOf(call(input))).toEqual(expected);
  });

  // AWS's answer is quoted in boto/boto3#3428, with a set of values that aren't those of this member.
  test('an unknown key spec', async () => {
    const { name, message, status } = await refusalOf(call({ KeySpec: 'AES-256' }));
    expect({ name, status }).toEqual({ name: 'ValidationException', status: 400 });
    expect(message).toContain(
      "Value 'AES-256' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [",
    );
  });
});

describe('GenerateRandom', () => {
  // recorded (test_generate_random)
  test.each([1, 12, 44, 91, 1024])('gives %i bytes', async (NumberOfBytes) => {
    const first = await kms.send(new GenerateRandomCommand({ NumberOfBytes }));
    expect(first.Plaintext).toHaveLength(NumberOfBytes);
    if (NumberOfBytes < 12) return;
    const second = await kms.send(new GenerateRandomCommand({ NumberOfBytes }));
    expect(second.Plaintext).not.toEqual(first.Plaintext);
  });

  // recorded (test_generate_random_invalid_number_of_bytes)
  test.each([
    [undefined, refusal('ValidationException', 'NumberOfBytes is required.')],
    [0, constraintBroken("'0' at 'numberOfBytes'", 'have value greater than or equal to 1')],
    [1025, constraintBroken("'1025' at 'numberOfBytes'", 'have value less than or equal to 1024')],
  ])('refuses %s bytes', async (NumberOfBytes, expected) => {
    expect(await refusalOf(kms.send(new GenerateRandomCommand({ NumberOfBytes })))).toEqual(expected);
  });
});
