import type { IncomingMessage } from 'node:http';

export const largestBody = 1024 * 1024;

/**
 * Reads a request's body.
 *
 * @returns its bytes, or `too-large` as soon as it is known to be over 1 MiB; the rest is left unread
 */
export async function readBody(message: IncomingMessage): Promise<Buffer | 'too-large'> {
  if (Number(message.headers['content-length'] ?? 0) > largestBody) return 'too-large';
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > largestBody) {
        message.pause();
        resolve('too-large');
      } else {
        chunks.push(chunk);
      }
    });
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    message.on('error', reject);
    message.on('close', () => reject(new Error('The client went away before its request was complete.')));
  });
}
