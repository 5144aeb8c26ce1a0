import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveMeasurements } from './serve-measurements.ts';

/*
 * The least that does the same work, without a framework: what a competent engineer would write who needs GenerateDataKey
 * and Decrypt under one key for one caller. The same signature check, with the body's hash; the same AES-256-GCM with the
 * encryption context, and a blob that names its key; an event for each call, with all that its record needs, of which the
 * last 100,000 are kept. No key states, policies, validation, index, or AWS's errors.
 */

const region = 'us-east-1';
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: randomBytes(30).toString('base64'),
};
const keyId = randomUUID();
const keyArn = `arn:aws:kms:${region}:111122223333:key/${keyId}`;
const keyMaterialId = randomBytes(32).toString('hex');
const keyMaterial = randomBytes(32);

/** Header of each blob: the key and the key material that sealed it. */
const header = Buffer.from(keyId.replaceAll('-', '') + keyMaterialId, 'hex');
const ivAt = header.length;
const ciphertextAt = ivAt + 12;

/** Fields that the records of all calls share. */
const resources = [{ ARN: keyArn, type: 'AWS::KMS::Key' }];
const additionalEventData = { keyMaterialId };

const capacity = 100_000;
const events: object[] = [];
let eventCount = 0;

interface Members {
  KeyId?: string;
  KeySpec?: string;
  CiphertextBlob?: string;
  EncryptionContext?: Record<string, string>;
}

const operations: Record<string, (members: Members) => object> = {
  CreateKey: () => ({ KeyMetadata: { Arn: keyArn } }),

  GenerateDataKey({ KeyId, EncryptionContext = {} }) {
    if (KeyId !== keyArn) throw new Error('NotFoundException');
    const plaintext = randomBytes(32);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', keyMaterial, iv);
    cipher.setAAD(authenticatedData(EncryptionContext));
    const ciphertext = Buffer.concat([
      header,
      iv,
      cipher.update(plaintext),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return {
      CiphertextBlob: ciphertext.toString('base64'),
      Plaintext: plaintext.toString('base64'),
      KeyId: keyArn,
      KeyMaterialId: keyMaterialId,
    };
  },

  Decrypt({ CiphertextBlob = '', EncryptionContext = {} }) {
    const blob = Buffer.from(CiphertextBlob, 'base64');
    if (!blob.subarray(0, ivAt).equals(header)) throw new Error('InvalidCiphertextException');
    const decipher = createDecipheriv('aes-256-gcm', keyMaterial, blob.subarray(ivAt, ciphertextAt));
    decipher.setAAD(authenticatedData(EncryptionContext));
    decipher.setAuthTag(blob.subarray(-16));
    const plaintext = Buffer.concat([decipher.update(blob.subarray(ciphertextAt, -16)), decipher.final()]);
    return {
      KeyId: keyArn,
      Plaintext: plaintext.toString('base64'),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: keyMaterialId,
    };
  },
};

function authenticatedData(encryptionContext: Record<string, string>): Buffer {
  let text = `${keyArn.length}:${keyArn}`;
  for (const name of Object.keys(encryptionContext).sort()) {
    const value = encryptionContext[name] ?? '';
    text += `${name.length}:${name}${value.length}:${value}`;
  }
  return Buffer.from(text);
}

const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/([^/]+)\/aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

const signingKeys = new Map<string, Buffer>();

function signingKeyFor(scope: string): Buffer {
  let key = signingKeys.get(scope);
  if (!key) {
    key = scope
      .split('/')
      .reduce<string | Buffer>(
        (secret, part) => createHmac('sha256', secret).update(part).digest(),
        `AWS4${credentials.secretAccessKey}`,
      ) as Buffer;
    signingKeys.set(scope, key);
  }
  return key;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

function verifySignature({ method, url, headers }: IncomingMessage, body: Buffer): void {
  const [, accessKeyId, scope = '', day, ofRegion, service, signedHeaders = '', signature = ''] =
    authorizationForm.exec(headers.authorization ?? '') ?? [];
  const time = String(headers['x-amz-date']);
  const signedAt = Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (
    accessKeyId !== credentials.accessKeyId ||
    ofRegion !== region ||
    service !== 'kms' ||
    day !== time.slice(0, 8) ||
    !(Math.abs(signedAt - Date.now()) < 5 * 60_000)
  ) {
    throw new Error('InvalidSignatureException');
  }
  let canonicalHeaders = '';
  for (const name of signedHeaders.split(';'))
    canonicalHeaders += `${name}:${String(headers[name]).trim()}\n`;
  const canonicalRequest = `${method}\n${url}\n\n${canonicalHeaders}\n${signedHeaders}\n${sha256(body)}`;
  const stringToSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonicalRequest)}`;
  const expected = createHmac('sha256', signingKeyFor(scope)).update(stringToSign).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw new Error('InvalidSignatureException');
}

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const requestId = randomUUID();
  let status = 200;
  let output: object;
  try {
    verifySignature(request, body);
    const name = String(request.headers['x-amz-target']).slice('TrentService.'.length);
    const members = JSON.parse(body.toString()) as Members;
    const operation = operations[name];
    if (!operation) throw new Error('UnknownOperationException');
    output = operation(members);
    events[eventCount++ % capacity] = {
      time: Date.now(),
      source: 'kms.amazonaws.com',
      name,
      readOnly: name !== 'CreateKey',
      requestId,
      accessKeyId: credentials.accessKeyId,
      sourceAddress: request.socket.remoteAddress,
      userAgent: request.headers['user-agent'],
      requestParameters: {
        keyId: members.KeyId,
        keySpec: members.KeySpec,
        encryptionAlgorithm: name === 'Decrypt' ? 'SYMMETRIC_DEFAULT' : undefined,
        encryptionContext: members.EncryptionContext,
      },
      additionalEventData,
      resources,
    };
  } catch (error) {
    status = 400;
    output = { __type: (error as Error).message };
  }
  const json = JSON.stringify(output);
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.1',
    'Content-Length': Buffer.byteLength(json),
    'x-amzn-RequestId': requestId,
  });
  response.end(json);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => answer(request, response, Buffer.concat(chunks)));
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveMeasurements({ endpoint: `http://127.0.0.1:${port}`, region, credentials });
});
