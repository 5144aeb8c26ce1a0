// Preloaded into every Node.js process of a run by `NODE_OPTIONS=--import`: notes where each socket, each datagram and
// each look-up of a name goes, and refuses what isn't loopback before it leaves the machine. See watched-process.ts.
// In plain JavaScript, because it is loaded before anything that reads TypeScript.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';

const file = process.env.SOCKET_WATCH_FILE;
const watchedWord = process.env.SOCKET_WATCH_WORD;

const loopback = new net.BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** @param {Record<string, unknown>} observation of the kinds in watched-process.ts */
function note(observation) {
  appendFileSync(file, `${JSON.stringify({ process: process.pid, ...observation })}\n`);
}

/** @param {string} host */
function isLoopback(host) {
  const family = net.isIP(host);
  return family ? loopback.check(host, family === 6 ? 'ipv6' : 'ipv4') : host === 'localhost';
}

/** @param {string} host */
function refusal(host, code = 'ECONNREFUSED') {
  return Object.assign(new Error(`${code}: ${host} is not on this machine`), { code });
}

note({ kind: 'process', isMainThread });

// TCP and TLS: all of Node's clients, `fetch` among them, connect by this method.
const destinations = new WeakMap();
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const { host = 'localhost', port, path } = connectOptions(args);
  if (path) return connect.apply(this, args);
  note({ kind: 'connection', host, port: Number(port) });
  destinations.set(this, host);
  if (isLoopback(host)) return connect.apply(this, args);
  process.nextTick(() => this.destroy(refusal(host)));
  return this;
};

/** As `net.connect` takes them, or as it hands them on: in an array. */
function connectOptions(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object') return first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return { port: first, host: typeof second === 'string' ? second : undefined };
}

// Data written to them: the request's signer, and whether it contains a word that must not leave the machine.
const { _write: write, _writev: writev } = net.Socket.prototype;
net.Socket.prototype._write = function (chunk, encoding, callback) {
  noteWritten(this, [{ chunk, encoding }]);
  return write.call(this, chunk, encoding, callback);
};
net.Socket.prototype._writev = function (chunks, callback) {
  noteWritten(this, chunks);
  return writev.call(this, chunks, callback);
};

function noteWritten(socket, chunks) {
  if (!destinations.has(socket)) return;
  const text = chunks
    .map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk))
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .join('');
  const [, accessKeyId] = /\bCredential=([^/]+)\//.exec(text) ?? [];
  if (accessKeyId) note({ kind: 'signature', accessKeyId });
  if (text.includes(watchedWord)) note({ kind: 'leak', host: destinations.get(socket) });
}

// UDP.
for (const method of ['connect', 'send']) {
  const original = dgram.Socket.prototype[method];
  dgram.Socket.prototype[method] = function (...args) {
    const host =
      args.find((arg) => typeof arg === 'string' && (net.isIP(arg) || arg.includes('.'))) ?? 'localhost';
    note({ kind: 'datagram', host });
    if (!isLoopback(host)) throw refusal(host);
    return original.apply(this, args);
  };
}

// Names: a look-up asks a server elsewhere, unless the name is this machine's.
watchLookUps(dns, (host, args) => process.nextTick(args.at(-1), refusal(host, 'ENOTFOUND')));
watchLookUps(dns.Resolver.prototype, (host, args) =>
  process.nextTick(args.at(-1), refusal(host, 'ENOTFOUND')),
);
watchLookUps(dns.promises, (host) => Promise.reject(refusal(host, 'ENOTFOUND')));
watchLookUps(dns.promises.Resolver.prototype, (host) => Promise.reject(refusal(host, 'ENOTFOUND')));

function watchLookUps(object, refuse) {
  for (const method of Object.getOwnPropertyNames(object).filter((name) =>
    /^(lookup|resolve|reverse)/.test(name),
  )) {
    const original = object[method];
    object[method] = function (host, ...args) {
      if (typeof host !== 'string' || isLoopback(host)) return original.call(this, host, ...args);
      note({ kind: 'look-up', host });
      return refuse(host, args);
    };
  }
}

// A program that is started is watched too, if it is Node.js and keeps NODE_OPTIONS. Any other is told of.
const { spawn } = childProcess.ChildProcess.prototype;
childProcess.ChildProcess.prototype.spawn = function (options) {
  const isWatched =
    options.file === process.execPath && options.envPairs?.some((pair) => pair.includes(import.meta.url));
  if (!isWatched) note({ kind: 'program', file: options.file });
  return spawn.call(this, options);
};
for (const method of ['spawnSync', 'execFileSync', 'execSync']) {
  const original = childProcess[method];
  childProcess[method] = (file, ...args) => {
    note({ kind: 'program', file });
    return original(file, ...args);
  };
}

syncBuiltinESMExports();
