import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { AccessKey } from '../options.ts';

/** Address of a request, and its signer. */
export interface Addressee {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AccessKey;
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/**
 * The bytes of a request, with the headers that the AWS SDK for JavaScript sends and signs. They may be sent again and
 * again for five minutes, so that a load needn't spend its time on signing.
 *
 * @param target what `x-amz-target` is to say, such as `TrentService.Decrypt`
 * @param service the signing name, such as `kms`
 */
export function signedRequest(to: Addressee, service: string, target: string, members: object): Buffer {
  const body = JSON.stringify(members);
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    'amz-sdk-invocation-id': randomUUID(),
    'amz-sdk-request': 'attempt=1; max=3',
    'content-length': String(Buffer.byteLength(body)),
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(to.endpoint).host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': time,
    'x-amz-target': target,
    'x-amz-user-agent': 'aws-sdk-js/3.1164.0',
  };
  const signedHeaders = Object.keys(headers).join(';');
  const canonicalHeaders = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonicalRequest = `POST\n/\n\n${canonicalHeaders.join('')}\n${signedHeaders}\n${sha256(body)}`;
  const scope = `${time.slice(0, 8)}/${to.region}/${service}/aws4_request`;
  const signingKey = scope
    .split('/')
    .reduce<string | Buffer>(hmac, `AWS4${to.credentials.secretAccessKey}`) as Buffer;
  const stringToSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonicalRequest)}`;
  const lines = {
    ...headers,
    'user-agent': 'aws-sdk-js/3.1164.0 ua/2.1 os/linux lang/js md/nodejs api/kms#3.1164.0 m/E,e',
    connection: 'keep-alive',
    authorization: `AWS4-HMAC-SHA256 Credential=${to.credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${hmac(signingKey, stringToSign).toString('hex')}`,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n${body}`);
}
