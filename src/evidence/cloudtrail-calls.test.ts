import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CreateKeyCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { withLocalAws } from '../run/target.ts';
import { compareCalls, lookUpCalls } from './cloudtrail-calls.ts';

test('finds the calls with a key, each one once', () =>
  withLocalAws(
    {
      cloudTrail: { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: 100 },
      faults: [{ fault: 'doubled-event', operation: 'GenerateDataKey' }],
    },
    async () => {
      const kms = new KMSClient();
      const keyArn = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
      const EncryptionContext = { whatfor: 'a test' };
      const { $metadata } = await kms.send(
        new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext }),
      );

      const calls = await lookUpCalls(new CloudTrailClient(), keyArn, new Date(0));
      expect(calls.filter(({ operation }) => operation === 'GenerateDataKey')).toEqual([
        {
          operation: 'GenerateDataKey',
          requestId: $metadata.requestId,
          encryptionContext: EncryptionContext,
        },
      ]);
    },
  ));

test('names the missing calls of each side', () => {
  expect(compareCalls(['a', 'b'], ['b', 'a'])).toBeUndefined();
  expect(compareCalls(['a', 'b'], ['a'])).toBe(
    'CloudTrail does not show these requests, which were sent: b.',
  );
  expect(compareCalls(['a'], ['a', 'c'])).toBe('CloudTrail shows these requests, which were not sent: c.');
  expect(compareCalls(['a'], ['c'])).toBe(
    'CloudTrail does not show these requests, which were sent: a. CloudTrail shows these requests, which were not sent: c.',
  );
});
