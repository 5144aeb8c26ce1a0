import { EncryptCommand } from '@aws-sdk/client-kms';
import { describe, expect } from 'vitest';
import { test } from '../testing/local-aws-under-test.ts';
import { listKeysHeaders, sdkSigner } from '../testing/odd-requests.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { jsonProtocol } from './json-protocol.ts';
import { queryProtocol } from './query-protocol.ts';

const bytesBetween = (start: string, bytes: readonly number[], end: string) =>
  Buffer.concat([Buffer.from(start), Buffer.from(bytes), Buffer.from(end)]);

describe.each([
  ['JSON', jsonProtocol('message'), '{"a":"', '"}'],
  ['a form', queryProtocol, 'a=', ''],
] as const)('%s', (_, protocol, start, end) => {
  test.for([
    ['ASCII', [0x41], 'A'],
    ['two bytes', [0xc3, 0xbc], 'ü'],
    ['four bytes', [0xf0, 0x9f, 0x94, 0x91], '🔑'],
    ['the replacement character itself', [0xef, 0xbf, 0xbd], '\ufffd'],
  ] as const)('is read with %s', ([, bytes, text]) => {
    expect(protocol.members(bytesBetween(start, bytes, end))).toEqual({ a: text });
  });

  test.for([
    ['FF', [0xff]],
    ['FE', [0xfe]],
    ['Latin-1', [0xfc]],
    ['a byte that continues nothing', [0x80]],
    ['half a character', [0xc3]],
    ['a longer form than needed', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
  ] as const)('is refused with %s', ([, bytes]) => {
    expect(() => protocol.members(bytesBetween(start, bytes, end))).toThrow(
      expect.objectContaining({ name: 'SerializationException' }),
    );
  });
});

test('an encryption context with invalid UTF-8 is refused', async ({ local }) => {
  const { id: KeyId } = await local.newKey();
  const { CiphertextBlob = new Uint8Array() } = await local.kms.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('a'), EncryptionContext: { a: '\ufffd' } }),
  );
  const decrypt = async (bytes: readonly number[]) => {
    const blob = Buffer.from(CiphertextBlob).toString('base64');
    const body = bytesBetween(`{"CiphertextBlob":"${blob}","EncryptionContext":{"a":"`, bytes, '"}}');
    const { hostname } = new URL(local.aws.endpoint);
    const headers = { ...listKeysHeaders(local.aws), 'x-amz-target': 'TrentService.Decrypt' };
    const request = { method: 'POST', protocol: 'http:', hostname, path: '/', headers, body };
    const signed = await sdkSigner(local.aws, 'kms').sign(request);
    return rawRequest(local.aws.endpoint, { headers: signed.headers, body });
  };
  expect((await decrypt([0xef, 0xbf, 0xbd])).status).toBe(200);
  for (const byte of [0xff, 0xfe]) {
    expect(await decrypt([byte])).toMatchObject({ status: 400, body: '{"__type":"SerializationException"}' });
  }
});
