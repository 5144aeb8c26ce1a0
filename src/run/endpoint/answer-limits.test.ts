import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { expect, onTestFinished, test } from 'vitest';
import { limitAnswers } from './answer-limits.ts';

/** Asks an endpoint for a list of keys, and returns what came of it and how often the endpoint was asked. */
async function askEndpoint(answer: RequestListener, milliseconds = 500) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const kms = new KMSClient({ endpoint: `http://${host}`, region: 'eu-central-1', credentials });
  const lift = limitAnswers({ milliseconds, bytes: 1024 * 1024 });
  onTestFinished(() => {
    lift();
    kms.destroy();
    server.closeAllConnections();
    server.close();
  });
  const outcome = await kms.send(new ListKeysCommand()).catch((error: Error) => error);
  return { outcome, asked, host };
}

const json = { 'content-type': 'application/x-amz-json-1.1' };

test('passes on an answer that is complete in time', async () => {
  const { outcome } = await askEndpoint(
    (_, response) => void response.writeHead(200, json).end('{"Keys":[]}'),
    60_000,
  );

  expect(outcome).toMatchObject({ Keys: [] });
});

test.for<[string, RequestListener]>([
  ['never answers', () => {}],
  ['never ends its answer', (_, response) => void response.writeHead(200, json).write('{"Keys":[')],
  [
    'sends a byte now and then',
    (_, response) => {
      response.writeHead(200, json);
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    },
  ],
])('ends a request to an endpoint that %s, and does not try again', async ([, answer]) => {
  const { outcome, asked, host } = await askEndpoint(answer);

  expect(outcome).toMatchObject({
    name: 'AnswerLimitError',
    message: `no whole answer from ${host} within 0.5 seconds`,
  });
  expect(asked).toBe(1);
});

test('ends a request whose answer is too long', async () => {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const endless: RequestListener = (_, response) => {
    response.writeHead(200, json);
    const send = () => response.write(chunk);
    response.on('drain', send);
    send();
  };
  // Time enough for a busy machine: the length is to be what ends it.
  const { outcome, asked, host } = await askEndpoint(endless, 60_000);

  expect(outcome).toMatchObject({
    name: 'AnswerLimitError',
    message: `an answer of more than 1 MiB from ${host}`,
  });
  expect(asked).toBe(1);
});
