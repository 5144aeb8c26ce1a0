import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateKeyCommand, GenerateDataKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from 'vitest';
import type { AnsweredCallInfo, Clock, LocalAwsOptions, ManualClock } from '../index.ts';
import { errorOf, type LocalAwsUnderTest, startUnderTest } from '../testing/local-aws-under-test.ts';
import type { FaultRule } from './rules.ts';

let local: LocalAwsUnderTest;
afterEach(() => local.aws.close());

/** Starts with these rules, and makes a key. */
async function start(faults: FaultRule[], options: LocalAwsOptions = {}): Promise<string> {
  local = await startUnderTest({ faults, ...options });
  return (await local.newKey()).id;
}

const dataKeyOf = (keyId: string) => new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' });

/** A client as applications have it: with the SDK's own retries. */
const retryingKms = () => new KMSClient({ ...local.clientSettings, maxAttempts: 3 });

/** The events of an operation, newest first. */
const eventsOf = (operation: string) =>
  local.deliveredEvents({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: operation }] });

const kmsThrottled = {
  name: 'ThrottlingException',
  message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  status: 400,
};

describe('throttling', () => {
  test('is answered in the words of KMS, and recorded', async () => {
    const keyId = await start([{ fault: 'throttle', operation: 'GenerateDataKey' }]);

    expect(await errorOf(local.kms.send(dataKeyOf(keyId)))).toEqual(kmsThrottled);
    expect(await eventsOf('GenerateDataKey')).toMatchObject([
      {
        errorCode: kmsThrottled.name,
        errorMessage: kmsThrottled.message,
        requestParameters: null,
        responseElements: null,
        readOnly: true,
      },
    ]);
  });

  test('of other services is answered in theirs', async () => {
    await start([
      { fault: 'throttle', service: 'cloudtrail' },
      { fault: 'throttle', service: 'sts' },
    ]);

    const lookUp = local.cloudTrail.send(new LookupEventsCommand({}));
    expect(await errorOf(lookUp)).toEqual({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      status: 400,
    });
    const identity = local.sts.send(new GetCallerIdentityCommand({}));
    expect(await errorOf(identity)).toEqual({ name: 'Throttling', message: 'Rate exceeded', status: 400 });
  });

  test('does not carry the call out', async () => {
    await start([{ fault: 'throttle', operation: 'CreateKey', sequence: [false, true] }]);

    expect(await errorOf(local.newKey())).toEqual(kmsThrottled);
    expect((await local.kms.send(new ListKeysCommand({}))).Keys).toHaveLength(1);
  });

  test('is the answer to exactly the calls of its sequence', async () => {
    const keyId = await start([
      { fault: 'throttle', operation: 'GenerateDataKey', sequence: [false, true, true] },
    ]);

    const names: string[] = [];
    for (let call = 0; call < 5; call++) {
      names.push(
        await local.kms.send(dataKeyOf(keyId)).then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      );
      await local.kms.send(new ListKeysCommand({}));
    }
    expect(names).toEqual(['answered', kmsThrottled.name, kmsThrottled.name, 'answered', 'answered']);
  });

  test('is what the SDK retries', async () => {
    const keyId = await start([{ fault: 'throttle', operation: 'GenerateDataKey', sequence: [true, true] }]);

    const { $metadata } = await retryingKms().send(dataKeyOf(keyId));
    expect($metadata.attempts).toBe(3);
    const outcomes = (await eventsOf('GenerateDataKey')).map(({ errorCode }) => errorCode);
    expect(outcomes).toEqual([undefined, kmsThrottled.name, kmsThrottled.name]);
  });

  test('does not count calls whose signature is wrong', async () => {
    const keyId = await start([{ fault: 'throttle', operation: 'GenerateDataKey', sequence: [true] }]);
    const { credentials } = local.clientSettings;
    const stranger = new KMSClient({
      ...local.clientSettings,
      credentials: { ...credentials, secretAccessKey: 'wrong' },
    });

    expect((await errorOf(stranger.send(dataKeyOf(keyId)))).name).toBe('InvalidSignatureException');
    expect((await errorOf(local.kms.send(dataKeyOf(keyId)))).name).toBe(kmsThrottled.name);
  });
});

describe('server errors', () => {
  test('are KMS’s own, and recorded', async () => {
    const keyId = await start([{ fault: 'server-error', operation: 'GenerateDataKey' }]);

    expect(await errorOf(local.kms.send(dataKeyOf(keyId)))).toMatchObject({
      name: 'KMSInternalException',
      status: 500,
    });
    expect(await eventsOf('GenerateDataKey')).toMatchObject([{ errorCode: 'KMSInternalException' }]);
  });

  test('of other services are the common one', async () => {
    await start([
      { fault: 'server-error', service: 'cloudtrail' },
      { fault: 'server-error', service: 'sts' },
    ]);

    const lookUp = local.cloudTrail.send(new LookupEventsCommand({}));
    expect(await errorOf(lookUp)).toMatchObject({ name: 'InternalFailure', status: 500 });
    const identity = local.sts.send(new GetCallerIdentityCommand({}));
    expect(await errorOf(identity)).toMatchObject({ name: 'InternalFailure', status: 500 });
  });

  test('are what the SDK retries', async () => {
    const keyId = await start([{ fault: 'server-error', operation: 'GenerateDataKey', sequence: [true] }]);

    const { $metadata } = await retryingKms().send(dataKeyOf(keyId));
    expect($metadata.attempts).toBe(2);
  });
});

describe('a connection reset', () => {
  test('before the call leaves no trace of it', async () => {
    await start([{ fault: 'reset', operation: 'CreateKey', sequence: [false, true] }]);

    await expect(local.newKey()).rejects.toMatchObject({ name: 'TimeoutError', code: 'ECONNRESET' });
    expect((await local.kms.send(new ListKeysCommand({}))).Keys).toHaveLength(1);
    expect(await eventsOf('CreateKey')).toHaveLength(1);
  });

  test("after the call leaves a key that the client doesn't know", async () => {
    await start([{ fault: 'reset', operation: 'CreateKey', carriedOut: true, sequence: [false, true] }]);

    await expect(local.newKey()).rejects.toMatchObject({ name: 'TimeoutError', code: 'ECONNRESET' });
    const { Keys = [] } = await local.kms.send(new ListKeysCommand({}));
    expect(Keys).toHaveLength(2);
    const created = (await eventsOf('CreateKey')).map((event) => event.resources?.[0]?.ARN);
    expect(created.sort()).toEqual(Keys.map((key) => key.KeyArn).sort());
  });

  test('after the call makes a client that retries create a second key', async () => {
    await start([{ fault: 'reset', operation: 'CreateKey', carriedOut: true, sequence: [false, true] }]);

    const { $metadata } = await retryingKms().send(new CreateKeyCommand({}));
    expect($metadata.attempts).toBe(2);
    expect((await local.kms.send(new ListKeysCommand({}))).Keys).toHaveLength(3);
  });
});

describe('latency', () => {
  /** The delay that the clock is next asked for, in milliseconds. */
  function nextSleep(clock: ManualClock): Promise<number> {
    const sleep = clock.sleep.bind(clock);
    return new Promise((resolve) => {
      clock.sleep = (milliseconds) => {
        const awake = sleep(milliseconds);
        resolve(milliseconds);
        return awake;
      };
    });
  }

  test('delays the answer by the clock, but not the call', async () => {
    const milliseconds = 5000;
    const keyId = await start([{ fault: 'latency', operation: 'GenerateDataKey', milliseconds }]);
    const asleep = nextSleep(local.clock);
    let answered = false;
    const call = local.kms.send(dataKeyOf(keyId)).then(() => {
      answered = true;
    });

    expect(await asleep).toBe(milliseconds);
    local.clock.advance({ seconds: 4 });
    expect(await eventsOfNow('GenerateDataKey')).toHaveLength(1);
    expect(answered).toBe(false);
    local.clock.advance({ seconds: 1 });
    await call;
    expect(answered).toBe(true);
  });

  test('is drawn from a range, and adds up', async () => {
    const keyId = await start([
      { fault: 'latency', operation: 'GenerateDataKey', milliseconds: [20, 200] },
      { fault: 'latency', operation: 'GenerateDataKey', milliseconds: 1000 },
    ]);

    const delays = new Set<number>();
    for (let call = 0; call < 5; call++) {
      const asleep = nextSleep(local.clock);
      const answer = local.kms.send(dataKeyOf(keyId));
      const delay = await asleep;
      expect(delay).toBeGreaterThanOrEqual(1020);
      expect(delay).toBeLessThan(1200);
      delays.add(delay);
      local.clock.advance({ seconds: 2 });
      await answer;
    }
    expect(delays.size).toBe(5);
  });

  test("uses the machine’s clock if the given one can't wait", async () => {
    const clock: Clock = { now: () => Date.now() };
    const faults: unknown[] = [];
    const onCall = (call: AnsweredCallInfo) => faults.push(call.faults);
    const keyId = await start([{ fault: 'latency', operation: 'GenerateDataKey', milliseconds: 1 }], {
      clock,
      onCall,
    });

    await local.kms.send(dataKeyOf(keyId));
    expect(faults).toEqual([undefined, ['latency']]);
  });

  /** The events that are visible without moving the clock. */
  async function eventsOfNow(operation: string) {
    const { Events } = await local.cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: operation }],
      }),
    );
    return Events;
  }
});

describe('several rules', () => {
  test('for one call: the first decides, wherever a latency stands', async () => {
    const calls: AnsweredCallInfo[] = [];
    const keyId = await start(
      [
        { fault: 'latency', operation: 'GenerateDataKey', milliseconds: 0 },
        { fault: 'server-error', operation: 'GenerateDataKey' },
        { fault: 'reset', operation: 'GenerateDataKey' },
      ],
      { onCall: (call) => calls.push(call) },
    );

    expect((await errorOf(local.kms.send(dataKeyOf(keyId)))).name).toBe('KMSInternalException');
    expect(calls.at(-1)).toMatchObject({
      operation: 'GenerateDataKey',
      status: 500,
      faults: ['latency', 'server-error'],
    });
  });

  test('count calls that got the fault of another rule, too', async () => {
    const keyId = await start([
      { fault: 'throttle', operation: 'GenerateDataKey', sequence: [true] },
      { fault: 'server-error', operation: 'GenerateDataKey', sequence: [false, true] },
    ]);

    expect((await errorOf(local.kms.send(dataKeyOf(keyId)))).name).toBe('ThrottlingException');
    expect((await errorOf(local.kms.send(dataKeyOf(keyId)))).name).toBe('KMSInternalException');
    await local.kms.send(dataKeyOf(keyId));
  });

  test('a log shows a reset with the status 0', async () => {
    const calls: AnsweredCallInfo[] = [];
    const keyId = await start([{ fault: 'reset', operation: 'GenerateDataKey' }], {
      onCall: (call) => calls.push(call),
    });

    await expect(local.kms.send(dataKeyOf(keyId))).rejects.toThrow();
    expect(calls.at(-1)).toMatchObject({ operation: 'GenerateDataKey', status: 0, faults: ['reset'] });
  });
});
