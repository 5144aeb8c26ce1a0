import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Called for each AWS call, before it is done and after; with `false` the client gets no answer, and before, nothing is done. */
export interface GateKeeper {
  before(operation: string): Promise<boolean> | boolean;
  after(operation: string): boolean;
}

/** Stands between a client and an AWS endpoint: every call passes through it. */
export interface CallGate {
  readonly url: string;
  /** Who decides from now on; none lets everything pass. */
  keeper: GateKeeper | undefined;
  /** Waits until no call is under way at the endpoint. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** @param endpoint `http://HOST:PORT` */
export async function openCallGate(endpoint: string): Promise<CallGate> {
  const agent = new Agent({ keepAlive: true });
  const underWay = new Set<Promise<unknown>>();
  const gate = {
    url: '',
    keeper: undefined as GateKeeper | undefined,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((incoming, outgoing) => {
    const passing = pass(endpoint, agent, gate.keeper, incoming, outgoing);
    underWay.add(passing);
    void passing.catch(() => outgoing.destroy()).finally(() => underWay.delete(passing));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gate;
}

async function pass(
  endpoint: string,
  agent: Agent,
  keeper: GateKeeper | undefined,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await buffer(incoming);
  const operation = operationOf(incoming, body);
  if (keeper && !(await keeper.before(operation))) return void outgoing.destroy();
  const { statusCode = 500, headers, answer } = await forward(endpoint, agent, incoming, body);
  if (keeper && !keeper.after(operation)) return void outgoing.destroy();
  outgoing.writeHead(statusCode, headers).end(answer);
}

/** KMS and CloudTrail name the operation in a header, STS in the body. */
function operationOf({ headers }: IncomingMessage, body: Buffer): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(body.toString()).get('Action') ?? '';
}

/** The headers pass as they are: the signature is about them, the host among them. */
async function forward(
  endpoint: string,
  agent: Agent,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(endpoint + url, { agent, method, headers }, resolve)
      .once('error', reject)
      .end(body);
  });
  return { statusCode: response.statusCode, headers: response.headers, answer: await buffer(response) };
}
