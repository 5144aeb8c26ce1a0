import { randomUUID } from 'node:crypto';
import { accountPrincipals } from '../account-principals.ts';
import { systemClock } from '../clock.ts';
import { delayedDelivery } from '../cloudtrail/delivery.ts';
import { EventStore } from '../cloudtrail/event-store.ts';
import { trailEventOf } from '../cloudtrail/recording.ts';
import type { HostedOperation } from '../http/hosted-service.ts';
import { jsonProtocol } from '../http/json-protocol.ts';
import { identityOf } from '../identity.ts';
import type { Kms } from '../kms/kms.ts';
import { createKey } from '../kms/operations/create-key.ts';
import { generateDataKey } from '../kms/operations/generate-data-key.ts';
import { KmsState } from '../kms/state.ts';
import { table } from './table.ts';

/*
 * Memory per event, for GenerateDataKey calls that are carried out and recorded as the front door does, with an encryption context of
 * three pairs.
 */

const { account, administrator } = identityOf({});
const { identities } = accountPrincipals(account, administrator, [], Date.now());
const state = new KmsState();
const kms: Kms = { account, clock: systemClock, state, newestState: state, identities };
const operation: HostedOperation = {
  ...generateDataKey,
  perform: (...call) => generateDataKey.perform(kms, ...call),
};
const service = {
  signingName: 'kms',
  signatureMinutes: 5,
  eventSource: 'kms.amazonaws.com',
  protocol: jsonProtocol('message'),
  operations: new Map([[operation.name, operation]]),
};

createKey.perform(kms, {}, administrator.principal, () => {});
const body = Buffer.from(
  JSON.stringify({
    KeyId: state.keys()[0]?.arn,
    KeySpec: 'AES_256',
    EncryptionContext: { whatfor: 'benchmark', tenant: '4f0c2a', stage: 'production' },
  }),
);
const request = {
  method: 'POST',
  url: '/',
  headers: { 'user-agent': 'aws-sdk-js/3.1164.0 ua/2.1 os/linux lang/js md/nodejs api/kms#3.1164.0 m/E,e' },
  headerNames: [],
  rawHeaders: [],
  body,
  sourceAddress: '127.0.0.1',
};

function recordCalls(store: EventStore, count: number): void {
  for (let index = 0; index < count; index++) {
    const requestId = randomUUID();
    // As writing it into a header does: V8 makes one text of the pieces that randomUUID joined.
    Buffer.from(requestId);
    const members = service.protocol.members(body);
    const performed = operation.perform(members, administrator.principal, () => {});
    if (performed instanceof Promise) throw new TypeError('GenerateDataKey is expected to be done at once.');
    const call = { performed, requestId, request, service, operation, credential: administrator };
    store.record(trailEventOf(call, Date.now()));
  }
}

function heapBytes(): number {
  if (!globalThis.gc) throw new TypeError('Start this with --expose-gc.');
  // Objects with a finalizer go only in the second collection.
  for (let time = 0; time < 3; time++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const delivery = delayedDelivery({ delaySeconds: 2, jitterSeconds: 0.5 }, Math.random);

function row(calls: number, capacity: number): string[] {
  const before = heapBytes();
  const store = new EventStore(delivery, capacity);
  recordCalls(store, calls);
  const bytes = heapBytes() - before;
  const kept = store.changes().length - 1;
  const figures = [calls, capacity, kept, bytes / 1e6, bytes / kept];
  return ['', ...figures.map((figure) => Math.round(figure).toLocaleString('en'))];
}

recordCalls(new EventStore(delivery, 1), 1000);
const rows = [row(100_000, 100_000), row(300_000, 100_000), row(1_000_000, 1_000_000)];
console.log('Memory of stored events. The capacity bounds it.\n');
console.log(table(['', 'calls', 'capacity', 'events kept', 'megabytes', 'bytes an event'], rows));
