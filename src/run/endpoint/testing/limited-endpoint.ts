import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';

/** An answer of an endpoint, as it goes over the wire. */
export interface RawAnswer {
  status: number;
  type: string;
  body: string;
}

/** An AWS-compatible endpoint that lacks things. */
export interface LimitedEndpoint {
  url: string;
  /** The local AWS behind it, which lacks nothing. */
  aws: LocalAws;
  /** The operations that were asked for, in their order. */
  asked: string[];
  /** The environment variables that lead the workshop to it. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

/**
 * Starts an endpoint with a local AWS behind it.
 *
 * @param answer what it answers to an operation, such as `LookupEvents`, in the place of AWS; undefined hands it on
 */
export async function startLimitedEndpoint(
  answer: (operation: string) => RawAnswer | undefined,
): Promise<LimitedEndpoint> {
  const aws = await startLocalAws({
    region: 'eu-central-1',
    cloudTrail: { delaySeconds: 0.5, jitterSeconds: 0, lookupsPerSecond: 20 },
  });
  const asked: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const operation = operationOf(incoming, body);
    asked.push(operation);
    const instead = answer(operation);
    if (instead) outgoing.writeHead(instead.status, { 'content-type': instead.type }).end(instead.body);
    else handOn(aws.endpoint, incoming, body, outgoing);
  });
  const url = await listen(server);
  return {
    url,
    aws,
    asked,
    environment: {
      WORKSHOP_TARGET: 'endpoint',
      WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: '20',
      WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: '0.2',
      AWS_REGION: aws.region,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await aws.close();
    },
  };
}

export async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** KMS and CloudTrail have the operation in a header, STS in the form that is sent. */
function operationOf({ headers }: IncomingMessage, body: Buffer): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(body.toString()).get('Action') ?? 'none';
}

function handOn(endpoint: string, incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  request(new URL(url ?? '/', endpoint), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  })
    .on('error', () => outgoing.destroy())
    .end(body);
}
