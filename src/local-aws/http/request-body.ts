import type { IncomingMessage } from 'node:http';

export const largestBody = 1024 * 1024;

/**
 * Reads a request's body.
 *
 * @param onBody gets its bytes, or `too-large` if they are more than 1 MiB. Those are read too, and dropped, because a
 *   client that is still sending doesn't read an answer. It isn't called if the client goes away before the end.
 */
export function readBody(message: IncomingMessage, onBody: (body: Buffer | 'too-large') => void): void {
  let chunks: Buffer[] = [];
  let length = 0;
  message.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= largestBody) chunks.push(chunk);
    else chunks = [];
  });
  message.on('end', () => onBody(length <= largestBody ? whole(chunks) : 'too-large'));
  // Nobody is there any more to be answered.
  message.on('error', () => message.destroy());
}

/** Most bodies come in one piece. */
const whole = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
