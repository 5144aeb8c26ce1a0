import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** The requests that a target received. */
export interface RequestTally {
  /** Number of requests sent to each service, by its signing name, such as `kms`. Each retry counts. */
  requests: Map<string, number>;
  /** Number of keys created. */
  keys: number;
}

/**
 * Notes each request that this process sends from now on to where the environment leads now, but not what it sends to
 * local AWSs beside that, and each key that it creates.
 *
 * Node publishes a request that was sent, and one that was answered: see "HTTP" in its diagnostics_channel documentation.
 *
 * @param note takes a line, for `tallyOf`
 * @returns a function that stops it
 */
export function noteRequests(note: (line: string) => void): () => void {
  const isOfTarget = hostsOfTarget();
  const serviceOf = (request: ClientRequest) =>
    isOfTarget(String(request.getHeader('host'))) ? signedService(request) : undefined;
  const onSent = (message: unknown) => {
    const service = serviceOf((message as { request: ClientRequest }).request);
    if (service) note(`request ${service}`);
  };
  const onAnswered = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const isCreateKey = String(request.getHeader('x-amz-target')).endsWith('.CreateKey');
    if (isCreateKey && response.statusCode === 200 && serviceOf(request)) note('key');
  };
  subscribe('http.client.request.start', onSent);
  subscribe('http.client.response.finish', onAnswered);
  return () => {
    unsubscribe('http.client.request.start', onSent);
    unsubscribe('http.client.response.finish', onAnswered);
  };
}

/** A request that the target answered. It has nothing of what was sent or answered beside the names. */
export interface AnsweredCall {
  /** When the answer came, in milliseconds since the epoch. */
  at: number;
  /** The signing name, such as `kms`. */
  service: string;
  operation: string;
  /** The HTTP status. */
  status: number;
  requestId: string;
}

/**
 * Notes each request of this process that the target answers from now on. The target is found as by `noteRequests`.
 *
 * @returns a function that stops it
 */
export function noteCalls(note: (call: AnsweredCall) => void): () => void {
  const isOfTarget = hostsOfTarget();
  const onAnswered = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const service = signedService(request);
    if (!service || !isOfTarget(String(request.getHeader('host')))) return;
    const operation = String(request.getHeader('x-amz-target')).split('.').at(-1) ?? '';
    const requestId = String(response.headers['x-amzn-requestid']);
    note({ at: Date.now(), service, operation, status: response.statusCode ?? 0, requestId });
  };
  subscribe('http.client.response.finish', onAnswered);
  return () => void unsubscribe('http.client.response.finish', onAnswered);
}

/** Counts what was noted, in whatever process. */
export function tallyOf(lines: string[]): RequestTally {
  const services = lines.flatMap((line) => /^request (.+)$/.exec(line)?.[1] ?? []);
  const requests = new Map<string, number>();
  for (const service of services) requests.set(service, (requests.get(service) ?? 0) + 1);
  return { requests, keys: lines.filter((line) => line === 'key').length };
}

/** The service that a request is signed for; undefined when it isn't signed as AWS wants it. */
function signedService(request: ClientRequest): string | undefined {
  const authorization = String(request.getHeader('authorization'));
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization)?.[1];
}

/**
 * Tells the hosts of the target, as the environment leads there now, from those of local AWSs beside it: a host is as in
 * a URL, such as `127.0.0.1:4566`.
 */
function hostsOfTarget(): (host: string) => boolean {
  const endpoints = Object.entries(process.env)
    .filter(([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && value)
    .map(([, value = '']) => new URL(value).host);
  return (host) => endpoints.includes(host) || !/^(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(host);
}
