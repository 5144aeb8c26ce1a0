import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { beforeEach, expect, test } from 'vitest';
import { maxConnections, maxUnadmitted } from './server.ts';
import { type ConsoleUnderTest, startConsoleUnderTest } from './testing/console-under-test.ts';

let site: ConsoleUnderTest;
beforeEach(async () => {
  site = await startConsoleUnderTest();
  return site.close;
});

// A server on all addresses would answer there. Other systems have only one address of this kind.
test.runIf(process.platform === 'linux')('it listens on 127.0.0.1 alone', async () => {
  const onAll = createServer().listen(0, '0.0.0.0');
  await once(onAll, 'listening');
  const { port } = onAll.address() as { port: number };

  expect(await isAnswered('127.0.0.2', port)).toBe(true);
  expect(await isAnswered('127.0.0.1', Number(site.address.port))).toBe(true);
  expect(await isAnswered('127.0.0.2', Number(site.address.port))).toBe(false);
  onAll.close();
});

function isAnswered(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, host);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Opens connections, and sends the same on each. */
function openSockets(count: number, text = ''): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(Number(site.address.port), '127.0.0.1').on('error', () => {});
    return text ? socket.setEncoding('latin1').on('connect', () => socket.write(text)) : socket;
  });
}

/** Waits until a connection has ended, with an error or without. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.destroyed ? resolve() : socket.on('close', () => resolve())));

test("connections without the token take nobody's place: of too many, the oldest end", async () => {
  const [stream] = openSockets(1, requestFor('/messages/stream', site.cookie)) as [Socket];
  expect(String(await once(stream, 'data'))).toContain('HTTP/1.1 200 OK');

  const idle = openSockets(maxUnadmitted);
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const tooMany = 8;
  const refused = openSockets(tooMany, requestFor('/messages', 'console=x'));
  await expect.poll(() => idle.filter(({ destroyed }) => destroyed).length).toBe(tooMany);

  expect((await site.ask('/messages')).status).toBe(200);
  expect(stream.destroyed).toBe(false);
  for (const socket of [stream, ...idle, ...refused]) socket.destroy();
});

test('it keeps a limited number of connections open, with the token, too', async () => {
  const request = requestFor('/messages/stream', site.cookie);
  const sockets: Socket[] = [];
  for (let n = 0; n < maxConnections; n++) {
    sockets.push(...openSockets(1, request));
    await once(sockets.at(-1) as Socket, 'data');
  }
  const [another] = openSockets(1, request) as [Socket];
  await closed(another);
  expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);

  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await site.ask('/messages').catch(() => undefined))?.status).toBe(200);
});

function requestFor(path: string, cookie: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${site.address.host}\r\nCookie: ${cookie}\r\n\r\n`;
}
