import { describe, expect } from 'vitest';
import { test } from '../testing/local-aws-under-test.ts';
import { changedAfterSigning, oddRequests, send, signBySdk } from '../testing/odd-requests.ts';
import { canonicalRequest, signedHeadersIn } from './canonical-request.ts';
import type { IncomingRequest } from './incoming-request.ts';

/* The rules of IAM's user guide, "Create a signed AWS API request", held against what the SDK's signer signs. */

test.for(Object.entries(oddRequests))(
  '%s: accepted as it was signed, refused once it is changed',
  async ([, { request, changed }], { local }) => {
    const signed = await signBySdk(local.aws, request);
    expect(await send(local.aws, signed)).toMatchObject({
      status: 200,
      body: expect.stringContaining('"Keys":[]'),
    });
    const answer = await send(local.aws, changedAfterSigning(signed, changed));
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('InvalidSignatureException') });
  },
);

describe('the canonical request', () => {
  const request = (url: string, rawHeaders: readonly string[] = []): IncomingRequest => {
    const headers = Object.fromEntries(
      rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1]]] : [])),
    );
    return {
      method: 'GET',
      url,
      headers,
      headerNames: Object.keys(headers),
      rawHeaders,
      body: Buffer.alloc(0),
      sourceAddress: '',
    };
  };
  const linesOf = (given: IncomingRequest, signedHeaders = 'host') =>
    canonicalRequest(given, signedHeadersIn(signedHeaders)).split('\n');

  test.for([
    ['a=%2a', 'a=%2A'],
    ['a=*', 'a=%2A'],
    ['%61=%7E%2D', 'a=~-'],
    // botocore sends spaces as it would in a form, and signs them as the guide says.
    ['a=b+c', 'a=b%20c'],
    ['a=%2B', 'a=%2B'],
    ['a=b=c', 'a=b%3Dc'],
    ['a', 'a='],
    ['a=%ff&b=%', 'a=%FF&b=%25'],
    ['a=\u00c3\u00bc', 'a=%C3%BC'],
    ['b=1&a=1&X-Amz-Signature=0', 'a=1&b=1'],
    ['', ''],
  ])('has the query %s as %s', ([sent = '', canonical]) => {
    expect(linesOf(request(`/?${sent}`))[2]).toBe(canonical);
  });

  test('has names in lower case and in order, however SignedHeaders lists them', () => {
    const given = request('/', ['X-B', '2', 'Host', 'h', 'x-a', '1']);
    const expected = linesOf(given, 'host;x-a;x-b');
    expect(expected.slice(3, 8)).toEqual(['host:h', 'x-a:1', 'x-b:2', '', 'host;x-a;x-b']);
    expect(linesOf(given, 'X-B;x-a;Host')).toEqual(expected);
  });

  test.for(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes %s for a header only if one came',
    (name) => {
      const lower = name.toLowerCase();
      expect(linesOf(request('/', ['Host', 'h']), lower)[3]).toBe(`${lower}:`);
      expect(linesOf(request('/', ['Host', 'h', name, 'sent']), lower)[3]).toBe(`${lower}:sent`);
    },
  );
});
