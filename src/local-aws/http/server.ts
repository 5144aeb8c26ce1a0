import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './front-door.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { largestBody, readBody } from './request-body.ts';

const jsonType = 'application/x-amz-json-1.1';

/** An HTTP server on loopback. */
export interface HttpServer {
  readonly port: number;
  /** Stops at once: open connections are cut, idle or not. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1.
 *
 * @param port 0 for one that the system chooses
 * @param answer makes the answer to a request; a promise is for an answer that comes later
 * @throws if the port is taken
 */
export async function listen(
  port: number,
  answer: (request: IncomingRequest) => Answer | Promise<Answer>,
): Promise<HttpServer> {
  const latestResponses = new Map<Socket, ServerResponse>();
  const onRequest = (message: IncomingMessage, response: ServerResponse) => {
    latestResponses.set(message.socket, response);
    readBody(message, (body) => {
      if (body === 'too-large') refuseTooLarge(response);
      else respond(message, body, response, answer);
    });
  };
  const server = createServer({ requireHostHeader: false }, onRequest);
  // An Expect header other than 100-continue is passed over: Node's own answer to it isn't in the shape of AWS.
  server.on('checkExpectation', onRequest);
  server.on('connection', (socket) => socket.once('close', () => latestResponses.delete(socket)));
  // Longer than clients keep idle connections, so that they don't send into one that is being closed.
  server.keepAliveTimeout = 120_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const pending = latestResponses.get(socket);
    const refuse = () => refuseMalformed(error, socket);
    // A request that came whole, before the bytes that are none, is answered first.
    if (pending?.req.complete && !pending.writableFinished) pending.once('close', refuse);
    else refuse();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: () => close(server) };
}

function respond(
  message: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  answer: (request: IncomingRequest) => Answer | Promise<Answer>,
): void {
  const { method = '', url = '', headers, rawHeaders } = message;
  const sourceAddress = message.socket.remoteAddress ?? '';
  try {
    const given = answer({
      method,
      url,
      headers,
      headerNames: Object.keys(headers),
      rawHeaders,
      body,
      sourceAddress,
    });
    // A promise takes time, even one that is kept already: most answers need none.
    if (!(given instanceof Promise)) send(message, response, given);
    else given.then((late) => send(message, response, late)).catch(() => message.destroy());
  } catch {
    message.destroy();
  }
}

function send(message: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, contentType, requestId, body, injected } = answer;
  if (injected?.reset) {
    message.socket.resetAndDestroy();
    return;
  }
  response.writeHead(status, {
    // Node repeats its own text for up to a second. An SDK corrects its clock by it, also in a test that moves the time.
    Date: new Date().toUTCString(),
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': requestId,
  });
  response.end(body);
}

function refuseTooLarge(response: ServerResponse): void {
  const message = `The request body is larger than ${largestBody} bytes.`;
  const body = JSON.stringify({ __type: 'RequestEntityTooLargeException', message });
  response.writeHead(413, {
    'Content-Type': jsonType,
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(body);
}

/** Answers what Node's parser couldn't make a request of. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({
    __type: 'SerializationException',
    Message: 'The request is not well-formed HTTP.',
  });
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      `Content-Type: ${jsonType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `x-amzn-RequestId: ${randomUUID()}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
  server.closeAllConnections();
  await closed;
}
