import {
  CreateAliasCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
} from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { customerAliases, startUnderTest } from '../testing/local-aws-under-test.ts';
import type { FaultRule } from './rules.ts';

const faults: FaultRule[] = [
  { fault: 'throttle', service: 'kms', rate: 0.3 },
  { fault: 'server-error', operation: 'GenerateDataKey', rate: 0.2 },
  { fault: 'reset', operation: 'Decrypt', rate: 0.6 },
  { fault: 'late-change', operation: 'CreateAlias', seconds: [0, 10], rate: 0.7 },
  { fault: 'late-event', seconds: [0, 300], rate: 0.5 },
  { fault: 'doubled-event', operation: 'Encrypt', rate: 0.5 },
];

const operations = ['GenerateDataKey', 'Encrypt', 'Decrypt', 'CreateAlias'] as const;
type Operation = (typeof operations)[number];

/** Makes the calls one after the other, and returns the outcome of each call, alias and event, by operation. */
async function run(seed: number | undefined, calls: readonly Operation[]) {
  const { aws, kms, clock, newKey, deliveredEvents } = await startUnderTest({ seed, faults });
  try {
    const { id: KeyId } = await untilAnswered(newKey);
    const Plaintext = Buffer.from('faults');
    const encrypt = () => kms.send(new EncryptCommand({ KeyId, Plaintext }));
    const { CiphertextBlob } = await untilAnswered(encrypt);
    let aliases = 0;
    const send: Record<Operation, () => Promise<unknown>> = {
      GenerateDataKey: () => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
      Encrypt: encrypt,
      Decrypt: () => kms.send(new DecryptCommand({ CiphertextBlob })),
      CreateAlias: () =>
        kms.send(new CreateAliasCommand({ AliasName: `alias/number-${aliases++}`, TargetKeyId: KeyId })),
    };
    const outcomes = Object.fromEntries(operations.map((operation) => [operation, [] as string[]]));
    for (const operation of calls) {
      const outcome = await send[operation]().then(
        () => 'answered',
        (error: Error) => error.name,
      );
      outcomes[operation]?.push(outcome);
    }
    clock.advance({ seconds: 5 });
    const listed = await untilAnswered(() => customerAliases(kms));
    const events: Record<string, unknown[]> = {};
    for (const EventName of operations) {
      const found = await deliveredEvents({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: EventName }],
      });
      events[EventName] = found.map(({ errorCode }) => errorCode);
    }
    return { seed: aws.seed, outcomes, aliases: listed.map(({ AliasName }) => AliasName), events };
  } finally {
    await aws.close();
  }
}

async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if ((error as Error).name !== 'ThrottlingException') throw error;
    }
  }
}

const inTurn = Array.from({ length: 12 }, () => operations).flat();
const oneByOne = operations.flatMap((operation) => Array.from({ length: 12 }, () => operation));

test('the same seed injects the same faults, whatever the order of the operations', {
  timeout: 60_000,
}, async () => {
  const first = await run(1, inTurn);

  expect(await run(1, inTurn)).toEqual(first);
  expect(await run(1, oneByOne)).toEqual(first);
  expect(await run(2, inTurn)).not.toEqual({ ...first, seed: 2 });
});

test('the repeated run meets every kind of fault', async () => {
  const { outcomes, aliases, events } = await run(1, inTurn);

  expect(new Set(outcomes.GenerateDataKey)).toEqual(
    new Set(['answered', 'ThrottlingException', 'KMSInternalException']),
  );
  expect(new Set(outcomes.Decrypt)).toEqual(new Set(['answered', 'ThrottlingException', 'TimeoutError']));
  const created = outcomes.CreateAlias?.filter((outcome) => outcome === 'answered').length ?? 0;
  expect(aliases.length).toBeGreaterThan(0);
  expect(aliases.length).toBeLessThan(created);
  expect(events.Encrypt?.length).toBeGreaterThan(13);
  expect(events.GenerateDataKey?.length).toBeLessThan(12);
});

test('a start without a seed returns the seed that repeats its faults', async () => {
  const first = await run(undefined, inTurn);

  expect(await run(first.seed, inTurn)).toEqual(first);
});
