import type { Chance } from './chance.ts';
import { httpText, type LastRequest } from './malformed-request.ts';

/* Requests that end the connection they come on: no HTTP, not all of it, or too much. */

const mebibyte = 1024 * 1024;
const head = (lines: string) => Buffer.from(`POST / HTTP/1.1\r\nHost: localhost\r\n${lines}`, 'latin1');

/** Requests that the parser rejects. The server has to answer or close the connection, without any action of the client. */
const unparsable: readonly ((chance: Chance) => Buffer)[] = [
  () => Buffer.from('hello\r\n\r\n'),
  () => Buffer.from('GET /\r\n\r\n'),
  () => Buffer.from('POST / HTTP/9.9\r\nHost: localhost\r\n\r\n'),
  () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  () => Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
  () => Buffer.from('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'),
  () => Buffer.from('\0\0\0\0'),
  () => head('no header\r\n\r\n'),
  () => head('spaced name: x\r\n\r\n'),
  () => head('x: a\0b\r\n\r\n'),
  () => head('Content-Length: 1\r\nContent-Length: 2\r\n\r\nx'),
  () => head('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  () => head('Content-Length: -1\r\n\r\n'),
  () => head('Content-Length: 1e3\r\n\r\n'),
  () => head('Content-Length: 99999999999999999999\r\n\r\n'),
  () => head('Transfer-Encoding: gzip, nothing\r\nContent-Length: x\r\n\r\n'),
  () => head('Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n'),
  () => head('Transfer-Encoding: chunked\r\n\r\n5\r\nabc\r\n0\r\n\r\n'),
  () => head('Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n'),
  (chance) => head(`x: ${'y'.repeat(17_000 + chance.below(1000))}\r\n\r\n`),
  (chance) => Buffer.from(`POST /${'a'.repeat(17_000 + chance.below(1000))} HTTP/1.1\r\n\r\n`),
  (chance) => Buffer.from(`${chance.token(1 + chance.below(30))} / HTTP/1.1\r\n\r\n`),
  (chance) => Buffer.from(`${chance.token(4)}${chance.text(40)}\r\n\r\n`),
];

const whole = httpText(
  'POST',
  '/',
  [
    ['host', '127.0.0.1'],
    ['content-type', 'application/x-amz-json-1.1'],
    ['x-amz-target', 'TrentService.Encrypt'],
    ['content-length', '40'],
  ],
  Buffer.from('{"KeyId":"alias/mine","Plaintext":"AAA"}'),
);

/** A request of any of these kinds. */
export function brokenHttp(chance: Chance): LastRequest {
  const choice = chance.below(11);
  if (choice === 10) {
    const bytes = Buffer.concat([
      ...Array(1 + chance.below(3)).fill(whole),
      chance.oneOf(unparsable)(chance),
    ]);
    return { kind: 'requests, and then bytes that are no HTTP', bytes, afterwards: 'wait' };
  }
  if (choice < 4)
    return { kind: 'bytes that are no HTTP', bytes: chance.oneOf(unparsable)(chance), afterwards: 'wait' };
  if (choice === 4)
    return { kind: 'random bytes', bytes: chance.bytes(1 + chance.below(300)), afterwards: 'end' };
  const afterwards = chance.oneOf(['end', 'end', 'reset'] as const);
  if (choice < 8)
    return { kind: 'a request cut short', bytes: whole.subarray(0, chance.below(whole.length)), afterwards };
  const bytes = Buffer.from(whole);
  for (let count = 0; count <= chance.below(4); count++)
    bytes[chance.below(bytes.length)] = chance.below(256);
  return { kind: 'a request with changed bytes', bytes, afterwards };
}

/** A body of more than 1 MiB, sent in full or only announced. */
export function hugeBody(chance: Chance): LastRequest {
  const length = mebibyte + 1 + chance.below(mebibyte);
  const body = Buffer.alloc(length, 32);
  const close = 'Connection: close\r\n';
  const bytes = chance.oneOf([
    () => Buffer.concat([head(`${close}Content-Length: ${length}\r\n\r\n`), body]),
    () =>
      Buffer.concat([
        head(`${close}Transfer-Encoding: chunked\r\n\r\n${length.toString(16)}\r\n`),
        body,
        Buffer.from('\r\n0\r\n\r\n'),
      ]),
  ])();
  return { kind: 'a body of more than 1 MiB', bytes, afterwards: 'wait' };
}
