import type { IncomingMessage } from 'node:http';

export const largestBody = 1024 * 1024;

/**
 * Reads a request's body.
 *
 * @returns its bytes, or `too-large` if they are more than 1 MiB. Those are read too, and dropped, because a client that
 *   is still sending doesn't read an answer.
 * @throws if the client goes away before the end
 */
export async function readBody(message: IncomingMessage): Promise<Buffer | 'too-large'> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= largestBody) chunks.push(chunk);
      else chunks = [];
    });
    message.on('end', () => resolve(length <= largestBody ? Buffer.concat(chunks) : 'too-large'));
    message.on('error', reject);
    message.on('close', () => {
      if (!message.complete) reject(new Error('The client went away before its request was complete.'));
    });
  });
}
