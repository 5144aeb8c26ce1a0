import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalAws } from '../index.ts';
import { type RawAnswer, rawRequest } from './raw-request.ts';

/** A request in which a rule of the canonical request matters. */
export interface OddRequest {
  readonly path: string;
  /** As it is sent. */
  readonly query: string;
  /** Beside those that every call of KMS has. A list is a header that is sent once for each value. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** The oddity, the request, and the parts that the signature has to protect. */
export const oddRequests: Readonly<
  Record<string, { request: Partial<OddRequest>; changed: Partial<OddRequest> }>
> = {
  'a header sent twice': {
    request: { headers: { 'x-amz-meta': ['b', 'a'] } },
    changed: { headers: { 'x-amz-meta': ['a', 'b'] } },
  },
  'a header sent three times, with spaces': {
    request: { headers: { 'x-twice': [' b  b ', 'a', '\tc'] } },
    changed: { headers: { 'x-twice': [' b  b ', 'a'] } },
  },
  'spaces within and around a value': {
    request: { headers: { 'x-spaces': '  a   b  ' } },
    changed: { headers: { 'x-spaces': 'ab' } },
  },
  'spaces within quotes': {
    request: { headers: { 'x-quoted': '"a   b"' } },
    changed: { headers: { 'x-quoted': '"ab"' } },
  },
  'tabs within and around a value': {
    request: { headers: { 'x-tabs': '\ta\t \tb\t' } },
    changed: { headers: { 'x-tabs': 'ab' } },
  },
  'a header without a value': {
    request: { headers: { 'x-empty': '' } },
    changed: { headers: { 'x-empty': 'a' } },
  },
  'commas in a value': {
    request: { headers: { 'x-list': 'a, b,c' } },
    changed: { headers: { 'x-list': 'a,b,c' } },
  },
  'headers called like members of objects': {
    request: { headers: { constructor: 'a', tostring: 'b', hasownproperty: 'c' } },
    changed: { headers: { constructor: 'a', tostring: 'b', hasownproperty: 'd' } },
  },
  'a path': { request: { path: '/a/b' }, changed: { path: '/a/c' } },
  'a path that ends with a slash': { request: { path: '/a/' }, changed: { path: '/a' } },
  'slashes without anything between them': { request: { path: '//a///b//' }, changed: { path: '/a/b' } },
  'a path to the folder above': { request: { path: '/a/../b/./c' }, changed: { path: '/a/b/c' } },
  'a path above the root': { request: { path: '/../../a' }, changed: { path: '/b' } },
  'a path that leads nowhere': { request: { path: '/a/..' }, changed: { path: '/a' } },
  'an encoded path': { request: { path: '/a%20b/%C3%BC' }, changed: { path: '/a%20b/%c3%bc' } },
  'reserved characters in a path': {
    request: { path: "/a:b@c;d=e,f+g!$&'()*~-._" },
    changed: { path: "/a:b@c;d=e,f g!$&'()*~-._".replace(' ', '%20') },
  },
  'parameters out of order': { request: { query: 'b=2&a=1&B=3' }, changed: { query: 'b=1&a=2&B=3' } },
  'a parameter that comes twice': { request: { query: 'a=2&a=1' }, changed: { query: 'a=2&a=2' } },
  'parameters of which one begins with the other': {
    request: { query: 'a-b=1&a=2&ab=3' },
    changed: { query: 'a-b=2&a=1&ab=3' },
  },
  'parameters without a value': { request: { query: 'b=&a=' }, changed: { query: 'b=1&a=' } },
  'reserved characters in a parameter': {
    request: { query: 'a=%21%27%28%29%2A%3D%26%2F%3A%20x&%2B=%25~-._' },
    changed: { query: 'a=%21%27%28%29%2A%3D%26%2F%3A%20y&%2B=%25~-._' },
  },
  'a parameter in other alphabets': {
    request: { query: '%D0%BA%D0%BB%D1%8E%D1%87=%F0%9F%94%91' },
    changed: { query: '%D0%BA%D0%BB%D1%8E%D1%87=%F0%9F%94%92' },
  },
};

/** A request that was signed, as it is to be sent. */
export interface SignedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: string;
}

export const send = ({ endpoint }: LocalAws, request: SignedRequest): Promise<RawAnswer> =>
  rawRequest(endpoint, request);

/** The headers of a call of ListKeys, before it is signed. */
export const listKeysHeaders = ({ endpoint }: LocalAws): Record<string, string> => ({
  host: new URL(endpoint).host,
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'TrentService.ListKeys',
});

/** The request as it is sent if some of it is changed after the signing. */
export function changedAfterSigning(signed: SignedRequest, change: Partial<OddRequest>): SignedRequest {
  const [path = '', query = ''] = signed.path.split('?');
  const changedQuery = change.query ?? query;
  return {
    ...signed,
    path: `${change.path ?? path}${changedQuery ? `?${changedQuery}` : ''}`,
    headers: { ...signed.headers, ...change.headers },
  };
}

/** The signer of the AWS SDK for JavaScript, with the local AWS's credentials. */
export const sdkSigner = ({ region, credentials }: LocalAws, service: string): SignatureV4 =>
  new SignatureV4({ region, credentials, service, sha256: Sha256, applyChecksum: false });

/** Signs a call of ListKeys with the SDK's signer. It knows no header twice: the values are joined, as it would join them. */
export async function signBySdk(aws: LocalAws, odd: Partial<OddRequest>): Promise<SignedRequest> {
  const { path = '/', query = '', headers = {} } = odd;
  const joined = Object.entries(headers).map(([name, value]) => [
    name,
    [value]
      .flat()
      .map((one) => one.trim())
      .join(','),
  ]);
  const body = '{}';
  const { hostname, port } = new URL(aws.endpoint);
  const parameters = new URLSearchParams(query);
  const signed = await sdkSigner(aws, 'kms').sign({
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    query: Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)])),
    headers: { ...listKeysHeaders(aws), ...Object.fromEntries(joined) },
    body,
  });
  return changedAfterSigning({ method: 'POST', path, headers: signed.headers, body }, { query, headers });
}

/** SHA-256 and HMAC, as the SDK's signer asks for them. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret ? createHmac('sha256', secret as Uint8Array) : createHash('sha256');
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('The signer takes a new one each time.');
  }
}
