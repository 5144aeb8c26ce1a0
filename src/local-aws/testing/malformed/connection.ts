import { connect, type Socket } from 'node:net';
import { AnswerReader, type ReadAnswer } from './answer-reader.ts';
import type { LastRequest, MalformedRequest } from './malformed-request.ts';

/** So long without a byte means that the other side has forgotten the connection; generous, because machines are slow. */
const longestSilence = 60_000;

/** @param about what the connection is for, for the error that ends it if nothing comes back */
function connectTo(port: number, about: MalformedRequest | undefined): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(longestSilence, () => {
    const start = JSON.stringify(about?.bytes.toString('latin1', 0, 600));
    socket.destroy(new Error(`Nothing came back for ${longestSilence} ms to ${about?.kind}: ${start}`));
  });
  return socket;
}

/**
 * Sends requests one after the other without waiting for answers (pipelining), and gives the answers in the same order.
 *
 * @throws if the connection ends before the last one
 */
export async function sendPipelined(
  port: number,
  requests: readonly MalformedRequest[],
): Promise<ReadAnswer[]> {
  const socket = connectTo(port, requests[0]);
  socket.write(Buffer.concat(requests.map(({ bytes }) => bytes)));
  const answers: ReadAnswer[] = [];
  const reader = new AnswerReader();
  try {
    for await (const chunk of socket) {
      reader.add(chunk);
      while (answers.length < requests.length) {
        const answer = reader.next(requests[answers.length]?.isHead ?? false);
        if (!answer) break;
        answers.push(answer);
      }
      if (answers.length === requests.length) return answers;
    }
  } finally {
    socket.destroy();
  }
  const next = requests[answers.length];
  throw new Error(
    `The connection ended before the answer to ${next?.kind}: ${next?.bytes.toString('latin1')}`,
  );
}

/** Sends a request on a connection of its own, and gives what comes back until the connection is closed. */
export function sendLast(port: number, request: LastRequest): Promise<ReadAnswer[]> {
  const socket = connectTo(port, request);
  const reader = new AnswerReader();
  socket.on('data', (chunk) => reader.add(chunk));
  return new Promise((resolve, reject) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A connection that the server resets is closed too; what it brought before counts.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      try {
        resolve(answersIn(reader));
      } catch (error) {
        reject(error);
      }
    });
    send(socket, request);
  });
}

function send(socket: Socket, { bytes, afterwards }: LastRequest): void {
  if (afterwards === 'wait') socket.write(bytes);
  else if (afterwards === 'end') socket.end(bytes);
  else socket.write(bytes, () => socket.resetAndDestroy());
}

function answersIn(reader: AnswerReader): ReadAnswer[] {
  const answers: ReadAnswer[] = [];
  for (let answer = reader.next(false); answer; answer = reader.next(false)) answers.push(answer);
  if (reader.hasRest) throw new Error('The last answer is not complete.');
  return answers;
}
