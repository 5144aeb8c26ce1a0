import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** An endpoint did not answer in time, or its answer has no end. The AWS SDK doesn't try such a request again. */
export class AnswerLimitError extends Error {
  override name = 'AnswerLimitError';
  readonly code = 'ANSWER_LIMIT';
  /** Else the SDK's deserializer adds a hint for programmers to the message. */
  readonly $metadata = {};

  constructor(message: string) {
    super(message);
    // Node asks for the stack at once. Vite's module runner fails to map one of a module that Vitest had cached, and this
    // one would lead to a timer only.
    this.stack = `${this.name}: ${message}`;
  }
}

const defaultLimits = { milliseconds: 15_000, bytes: 16 * 1024 * 1024 };

const checkMilliseconds = 50;

/**
 * Ends each HTTP request of this process whose answer isn't whole in time, or is too long. The SDK's own limits end with
 * the answer's first byte, and each client would have to be told. All answers of AWS's that are asked for here are below a
 * megabyte, and take less than a second.
 *
 * @returns a function that lifts the limits
 */
export function limitAnswers(limits = defaultLimits): () => void {
  // Node publishes it for each request: see "HTTP" in its diagnostics_channel documentation.
  const onStart = (message: unknown) => limitAnswer((message as { request: ClientRequest }).request, limits);
  subscribe('http.client.request.start', onStart);
  return () => void unsubscribe('http.client.request.start', onStart);
}

function limitAnswer(request: ClientRequest, { milliseconds, bytes }: typeof defaultLimits): void {
  const host = request.getHeader('host');
  const startedAt = performance.now();
  // A connection may have served other requests before.
  const bytesBefore = request.socket?.bytesRead ?? 0;
  let answer: IncomingMessage | undefined;
  request.once('response', (response) => {
    answer = response;
  });
  const end = (why: string) => (answer ?? request).destroy(new AnswerLimitError(why));
  const check = setInterval(() => {
    if (performance.now() - startedAt > milliseconds)
      end(`no whole answer from ${host} within ${milliseconds / 1000} seconds`);
    else if ((request.socket?.bytesRead ?? 0) - bytesBefore > bytes)
      end(`an answer of more than ${bytes / 1024 / 1024} MiB from ${host}`);
  }, checkMilliseconds).unref();
  request.once('close', () => clearInterval(check));
}
