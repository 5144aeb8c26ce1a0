import { CreateKeyCommand, DescribeKeyCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { withLocalAws } from '../run/target.ts';
import { countSuccessful, recordRequests } from './request-recorder.ts';

test('records each call with its request id and status', () =>
  withLocalAws({}, async () => {
    const kms = new KMSClient();
    const recording = recordRequests();
    const created = await kms.send(new CreateKeyCommand({}));
    await kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch(() => {});
    recording.stop();

    expect(recording.requests).toEqual([
      { operation: 'CreateKey', requestId: created.$metadata.requestId, status: 200 },
      { operation: 'DescribeKey', requestId: expect.any(String), status: 400 },
    ]);
    expect(recording.successful('CreateKey')).toHaveLength(1);
    expect(recording.successful('DescribeKey')).toHaveLength(0);
  }));

test('records nothing before its start and after its stop', () =>
  withLocalAws({}, async () => {
    const kms = new KMSClient();
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const recording = recordRequests();
    await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    recording.stop();
    await kms.send(new GenerateDataKeyCommand({ KeyId: KeyMetadata?.KeyId, KeySpec: 'AES_256' }));

    expect(recording.requests.map(({ operation }) => operation)).toEqual(['DescribeKey']);
  }));

test('sees a call that goes around the client', () =>
  withLocalAws({}, async () => {
    const kms = new KMSClient();
    const recording = recordRequests();
    // A client whose send is replaced still has to use Node to reach AWS.
    const send = kms.send.bind(kms);
    Object.defineProperty(kms, 'send', { value: () => 'nothing was sent' });
    await send(new CreateKeyCommand({}));
    recording.stop();

    expect(recording.successful('CreateKey')).toHaveLength(1);
  }));

test('counts the calls that got no answer', () =>
  withLocalAws({ faults: [{ fault: 'reset', operation: 'CreateKey', sequence: [true] }] }, async () => {
    const recording = recordRequests();
    await new KMSClient({ maxAttempts: 2 }).send(new CreateKeyCommand({}));
    recording.stop();

    expect(recording.unanswered('CreateKey')).toBe(1);
    expect(recording.unanswered('DescribeKey')).toBe(0);
    expect(recording.successful('CreateKey')).toHaveLength(1);
  }));

test('counts the successful calls of an action', () =>
  withLocalAws({}, async () => {
    const kms = new KMSClient();
    const calls = await countSuccessful('CreateKey', async () => {
      await kms.send(new CreateKeyCommand({}));
      await kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048' })).catch(() => {});
    });
    await kms.send(new CreateKeyCommand({}));

    expect(calls).toBe(1);
  }));
