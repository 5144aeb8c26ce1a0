import { CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReadAnswer } from '../testing/malformed/answer-reader.ts';
import { faultOf } from '../testing/malformed/aws-shape.ts';
import { brokenHttp, hugeBody } from '../testing/malformed/broken-http.ts';
import { Chance } from '../testing/malformed/chance.ts';
import { sendLast, sendPipelined } from '../testing/malformed/connection.ts';
import type { MalformedRequest } from '../testing/malformed/malformed-request.ts';
import { Signer } from '../testing/malformed/signer.ts';
import { wellFormedHttp } from '../testing/malformed/well-formed-http.ts';
import { type ObservedLocalAws, startObserved } from '../testing/start-observed.ts';

/*
 * 100,000 requests that no client would send. Each is answered in the shape of AWS, or its connection is closed; none is
 * a success, a server error or a crash; and good requests are answered all the while.
 */

const pipelines = 950;
const perPipeline = 100;
const brokenConnections = 4_970;
const hugeBodies = 30;
const atOnce = 8;

type Task = () => Promise<void>;

let aws: ObservedLocalAws;
let kms: KMSClient;

beforeAll(async () => {
  aws = await startObserved();
  const { endpoint, credentials } = aws;
  kms = new KMSClient({ endpoint, credentials, region: 'us-east-1' });
});
afterAll(() => aws.stop());

test('100,000 malformed requests: each answered or closed, and good ones are answered all the while', {
  timeout: 180_000,
}, async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const faults: string[] = [];
  await runAll(withGoodCalls(malformedRequests(faults), () => callAsUsual(KeyMetadata?.KeyId)));
  expect(faults.slice(0, 10)).toEqual([]);
  const request = wellFormedHttp(new Chance(1), new Signer(aws.credentials));
  noteFault(faults, request, { status: 500, headers: new Map(), body: '' });
  expect(faults).toHaveLength(1);
  expect(await aws.incidents()).toEqual([]);
  expect(aws.isRunning).toBe(true);
  await callAsUsual(KeyMetadata?.KeyId);
});

test('a request before malformed bytes is answered first', async () => {
  const unsigned = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: TrentService.ListKeys\r\n\r\n';
  const bytes = Buffer.from(`${unsigned}no HTTP\r\n\r\n`);
  const answers = await sendLast(portOf(aws), { kind: 'two in one', bytes, afterwards: 'wait' });
  expect(answers.map(({ body }) => JSON.parse(body).__type)).toEqual([
    'MissingAuthenticationTokenException',
    'SerializationException',
  ]);
});

const portOf = ({ endpoint }: ObservedLocalAws) => Number(new URL(endpoint).port);

/** The tasks that send all the requests, the same in each run, and note what is wrong with the answers. */
function* malformedRequests(faults: string[]): Generator<Task> {
  const chance = new Chance(20_250_520);
  const signer = new Signer(aws.credentials);
  const port = portOf(aws);
  for (let count = 0; count < pipelines; count++) {
    const requests = Array.from({ length: perPipeline }, () => wellFormedHttp(chance, signer));
    yield async () => {
      const answers = await sendPipelined(port, requests);
      for (const [at, answer] of answers.entries())
        noteFault(faults, requests[at] as MalformedRequest, answer);
    };
  }
  for (let count = 0; count < brokenConnections + hugeBodies; count++) {
    const request = count < brokenConnections ? brokenHttp(chance) : hugeBody(chance);
    yield async () => {
      for (const answer of await sendLast(port, request)) noteFault(faults, request, answer);
    };
  }
}

function noteFault(faults: string[], request: MalformedRequest, answer: ReadAnswer): void {
  const fault = faultOf(request, answer);
  if (fault === undefined) return;
  const start = request.bytes.toString('latin1', 0, 600);
  faults.push(`${request.kind}: ${fault}; the request begins ${JSON.stringify(start)}`);
}

function* withGoodCalls(tasks: Iterable<Task>, goodCall: Task): Generator<Task> {
  let count = 0;
  for (const task of tasks) {
    yield task;
    count += 1;
    if (count % 100 === 0) yield goodCall;
  }
}

/** Encrypts and decrypts, as an ordinary client does. */
async function callAsUsual(KeyId: string | undefined): Promise<void> {
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('still here') }),
  );
  const { Plaintext } = await kms.send(new DecryptCommand({ CiphertextBlob }));
  expect(Buffer.from(Plaintext ?? []).toString()).toBe('still here');
}

/** Runs tasks, several at once. They are made one after the other, so that chance has the same order in each run. */
async function runAll(tasks: Iterable<Task>): Promise<void> {
  const waiting = tasks[Symbol.iterator]();
  const work = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await next.value();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
