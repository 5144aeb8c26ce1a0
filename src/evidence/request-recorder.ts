import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** An AWS call as it went over the wire, whoever made it. */
interface RecordedRequest {
  /** The operation, such as `GenerateDataKey`. */
  operation: string;
  /** AWS's id of the request, which CloudTrail shows as `requestID`. */
  requestId: string;
  /** The HTTP status of the answer. */
  status: number;
}

export interface Recording {
  /** The calls so far, in the order of their answers. */
  readonly requests: readonly RecordedRequest[];
  /** The calls of one operation that were answered with success. */
  successful(operation: string): RecordedRequest[];
  /** Number of calls of an operation without an answer. AWS may or may not have carried them out. */
  unanswered(operation: string): number;
  stop(): void;
}

/** Node publishes here when a request got its answer: see "HTTP" in Node's diagnostics_channel documentation. */
export const CHANNEL = 'http.client.response.finish';

/** And here when it sends one. */
const START_CHANNEL = 'http.client.request.start';

/**
 * Records every AWS call that this process makes from now on. It observes what Node sends and never intercepts it,
 * so a call can't be hidden from it by wrapping or replacing an SDK client.
 */
export function recordRequests(): Recording {
  const sent = new Map<ClientRequest, string>();
  const requests: RecordedRequest[] = [];
  const recordStart = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const operation = operationOf(request);
    if (operation) sent.set(request, operation);
  };
  const recordFinish = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const operation = operationOf(request);
    if (!operation) return;
    sent.delete(request);
    requests.push({
      operation,
      requestId: String(response.headers['x-amzn-requestid']),
      status: response.statusCode ?? 0,
    });
  };
  subscribe(START_CHANNEL, recordStart);
  subscribe(CHANNEL, recordFinish);
  return {
    requests,
    successful: (operation) => requests.filter((call) => call.operation === operation && call.status === 200),
    unanswered: (operation) => [...sent.values()].filter((each) => each === operation).length,
    stop() {
      unsubscribe(START_CHANNEL, recordStart);
      unsubscribe(CHANNEL, recordFinish);
    },
  };
}

/** Runs an action. Returns the number of calls of an operation that it made with success. */
export async function countSuccessful(operation: string, action: () => Promise<unknown>): Promise<number> {
  const recording = recordRequests();
  await action().finally(() => recording.stop());
  return recording.successful(operation).length;
}

function operationOf(request: ClientRequest): string | undefined {
  const target = request.getHeader('x-amz-target');
  return typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : undefined;
}
