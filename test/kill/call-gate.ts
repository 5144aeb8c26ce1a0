import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Asked about each AWS call. */
export interface GateKeeper {
  /**
   * The request is there, and nothing is done yet.
   *
   * @param operation such as `TrentService.CreateKey`, as its header `x-amz-target` says
   * @returns what to do with the answer when it is there; undefined if nothing is to be done, nor answered
   */
  onRequest(body: string, operation: string): Promise<((answer: () => void) => void) | undefined>;
}

/** Stands between a client and an AWS endpoint: every call passes through it. */
export interface CallGate {
  readonly url: string;
  /** Decides about each call. Without it, every call passes. */
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
  const operation = String(incoming.headers['x-amz-target']);
  const onAnswer = keeper ? await keeper.onRequest(body.toString(), operation) : answerIt;
  if (!onAnswer) return void outgoing.destroy();
  const { statusCode = 500, headers, answer } = await forward(endpoint, agent, incoming, body);
  onAnswer(() => void outgoing.writeHead(statusCode, headers).end(answer));
}

function answerIt(answer: () => void): void {
  answer();
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
