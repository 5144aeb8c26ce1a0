import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changedAfterSigning,
  listKeysHeaders,
  type OddRequest,
  oddRequests,
  send,
} from '../testing/odd-requests.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { type ClientWorld, isInstalled, startClientWorld } from './debian-client.ts';

/** Output of `botocore_sign.py`. */
interface Signed {
  requests: { path: string; headers: Record<string, string> }[];
  presigned: Record<'GET' | 'POST', string>;
}

const odd = Object.entries(oddRequests).map(([name, { request, changed }], index) => ({
  name,
  request,
  changed,
  index,
}));
const dated: { request: Partial<OddRequest>; index: number } = {
  request: { headers: { Date: '' } },
  index: odd.length,
};

describe.skipIf(!isInstalled('python3-boto3'))(
  'what botocore signs (needs the package python3-boto3)',
  () => {
    let world: ClientWorld;
    let signed: Signed;

    beforeAll(async () => {
      world = await startClientWorld();
      const { endpoint, region } = world.aws;
      const requests = [...odd, dated].map(({ request: { path = '/', query = '', headers } }) => ({
        path,
        parameters: [...new URLSearchParams(query)],
        headers: { ...listKeysHeaders(world.aws), ...headers },
      }));
      const script = join(import.meta.dirname, 'botocore_sign.py');
      const input = JSON.stringify({ endpoint, region, requests });
      const { exitCode, stdout, stderr } = await world.run('/usr/bin/python3', [script], input);
      if (exitCode !== 0) throw new Error(`botocore ended with ${exitCode}:\n${stderr}`);
      signed = JSON.parse(stdout);
    }, 120_000);
    afterAll(() => world?.close());

    /** A request as botocore sends it. */
    const requestOf = (index: number, headers: Record<string, string | string[]> = {}) => {
      const given = signed.requests[index];
      return {
        method: 'POST',
        path: given?.path ?? '',
        headers: { ...listKeysHeaders(world.aws), ...headers, ...given?.headers },
        body: '{}',
      };
    };
    const accepted = { status: 200, body: expect.stringContaining('"Keys":[]') };

    test.for(odd)(
      '$name: accepted as it was signed, refused once it is changed',
      async ({ request, changed, index }) => {
        const given = requestOf(index, request.headers);
        expect(await send(world.aws, given)).toMatchObject(accepted);
        expect(await send(world.aws, changedAfterSigning(given, changed))).toMatchObject({
          status: 400,
          body: expect.stringContaining('InvalidSignatureException'),
        });
      },
    );

    test('a Date header in place of X-Amz-Date', async () => {
      const request = requestOf(dated.index);
      expect(Object.keys(request.headers)).toContain('Date');
      expect(Object.keys(request.headers)).not.toContain('X-Amz-Date');
      expect(await send(world.aws, request)).toMatchObject(accepted);
      const headers = { ...request.headers, Date: new Date(Date.now() - 60_000).toUTCString() };
      expect((await send(world.aws, { ...request, headers })).status).toBe(400);
    });

    test.for(['GET', 'POST'] as const)('a presigned URL for %s', async (method) => {
      const path = signed.presigned[method].slice(world.aws.endpoint.length);
      const { status, body } = await rawRequest(world.aws.endpoint, { method, path });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: expect.stringContaining('<Arn>arn:aws:iam::111122223333:user/administrator</Arn>'),
      });
      const changed = path.replace('X-Amz-Expires=60', 'X-Amz-Expires=61');
      expect(changed).not.toBe(path);
      expect((await rawRequest(world.aws.endpoint, { method, path: changed })).status).toBe(403);
    });
  },
);
