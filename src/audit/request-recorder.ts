import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** An AWS call as it went over the wire, whoever made it. */
export interface RecordedRequest {
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
  stop(): void;
}

/** Node publishes here when a request got its answer: see "HTTP" in Node's diagnostics_channel documentation. */
export const CHANNEL = 'http.client.response.finish';

/**
 * Records every AWS call that this process makes from now on. It observes what Node sends and never intercepts it,
 * so a call can't be hidden from it by wrapping or replacing an SDK client.
 */
export function recordRequests(): Recording {
  const requests: RecordedRequest[] = [];
  const record = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const target = request.getHeader('x-amz-target');
    if (typeof target !== 'string') return;
    requests.push({
      operation: target.slice(target.lastIndexOf('.') + 1),
      requestId: String(response.headers['x-amzn-requestid']),
      status: response.statusCode ?? 0,
    });
  };
  subscribe(CHANNEL, record);
  return {
    requests,
    successful: (operation) => requests.filter((call) => call.operation === operation && call.status === 200),
    stop: () => void unsubscribe(CHANNEL, record),
  };
}
