// Tries in every way that Node.js has to reach another machine, and a name that isn't this machine's.
// 192.0.2.0/24 and .invalid are nobody's: RFC 5737 and RFC 2606.
import { fork, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import dns, { lookup } from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { isMainThread, Worker } from 'node:worker_threads';

const attempts = {
  'a socket': () => once(net.connect(80, '192.0.2.1'), 'close'),
  'a socket by options': () => once(new net.Socket().connect({ port: 80, host: '192.0.2.2' }), 'close'),
  TLS: () => once(tls.connect({ port: 443, host: '192.0.2.3' }), 'close'),
  HTTP: () => once(http.get('http://192.0.2.4/'), 'close'),
  HTTPS: () => once(https.get('https://192.0.2.5/'), 'close'),
  'HTTP/2': () => once(http2.connect('http://192.0.2.6/'), 'close'),
  fetch: () => fetch('http://192.0.2.7/'),
  'a datagram': () => dgram.createSocket('udp4').send('hello', 53, '192.0.2.8'),
  IPv6: () => once(net.connect(80, '2001:db8::1'), 'close'),
  'a name': () => new Promise((resolve) => lookup('look-up.invalid', resolve)),
  'a name by DNS': () => new Promise((resolve) => dns.resolve4('resolve.invalid', resolve)),
  'a name by a promise': () => dns.promises.lookup('promised.invalid'),
  'a name by a resolver': () => new dns.promises.Resolver().resolve4('resolver.invalid'),
  'a name over HTTPS': () => once(https.get('https://kms.eu-west-1.amazonaws.com.invalid/'), 'close'),
};

/** Attempts that only a worker and a child process make. */
const attemptsElsewhere = {
  worker: () => once(net.connect(80, '192.0.2.20'), 'close'),
  fork: () => once(net.connect(80, '192.0.2.21'), 'close'),
};

const where = isMainThread ? process.argv[2] : 'worker';
const mine = where ? [attemptsElsewhere[where]] : Object.values(attempts);
process.on('uncaughtException', () => {});
for (const attempt of mine)
  await Promise.resolve()
    .then(attempt)
    .catch(() => {});
if (!where) {
  await once(new Worker(import.meta.filename), 'exit');
  await once(fork(import.meta.filename, ['fork']), 'exit');
  await once(
    spawn('a-program-that-is-not-there').on('error', () => {}),
    'error',
  ).catch(() => {});
}
process.exit();
