import type { LocalAwsOptions } from 'local-kms-cloudtrail';
import { expect, test } from 'vitest';
import { countGenerateDataKeyCalls } from '../../workshop/04-audit-cloudtrail/solution.ts';
import { TodoError } from '../run/todo.ts';
import { audit, type Count } from './audit.ts';
import { createAuditedKey, generateDataKey } from './difficult-calls.ts';
import { withLocalClients } from './local-clients.ts';
import { recordScenario } from './scenario.ts';

const fair: LocalAwsOptions = { cloudTrail: { delaySeconds: 0.1, jitterSeconds: 0, lookupsPerSecond: 100 } };

/** Audits one scenario of two calls, and gives what was counted and how many were shown. */
function auditTwoCalls(count: Count, options: LocalAwsOptions = fair, timeoutSeconds = 30) {
  return withLocalClients(options, async (clients) => {
    const keyArn = await createAuditedKey(clients.kms);
    const encryptionContext = { scenario: 'two calls' };
    const scenario = await recordScenario('two calls', encryptionContext, async () => {
      await generateDataKey(clients.kms, keyArn, encryptionContext);
      await generateDataKey(clients.kms, keyArn, encryptionContext);
    });
    const subject = { ...clients, keyArn, from: new Date(0), scenarios: [scenario] };
    return (await audit(count, subject, { timeoutSeconds, quietSeconds: 0.05 })).map(({ counted, shown }) => [
      counted,
      shown.length,
    ]);
  });
}

test('returns the count, and the calls that CloudTrail shows', async () => {
  expect(await auditTwoCalls(countGenerateDataKeyCalls)).toEqual([[2, 2]]);
});

test('returns a wrong count, too', async () => {
  expect(await auditTwoCalls(async () => [3])).toEqual([[3, 2]]);
});

test('repeats a count that was made before all calls were visible', async () => {
  const counts = [1, 2];
  expect(await auditTwoCalls(async () => [counts.shift() ?? 0])).toEqual([[2, 2]]);
});

test('says that it could not decide when the time has run out, and why', async () => {
  const never = { ...fair, cloudTrail: { ...fair.cloudTrail, delaySeconds: 3600 } };
  await expect(auditTwoCalls(countGenerateDataKeyCalls, never, 1)).rejects.toThrow(
    'Could not decide within 1 s, because the marker call is not there yet',
  );
});

test('looks again when AWS was busy, at the marker call, too', async () => {
  const faults = ['DescribeKey', 'LookupEvents'].flatMap((operation) => [
    { operation, fault: 'throttle' as const, sequence: [true] },
    { operation, fault: 'server-error' as const, sequence: [false, true] },
  ]);
  expect(await auditTwoCalls(countGenerateDataKeyCalls, { ...fair, faults })).toEqual([[2, 2]]);
});

test('rethrows an error that another look would not change', async () => {
  const error = new TodoError('TODO 3');
  await expect(auditTwoCalls(() => Promise.reject(error))).rejects.toBe(error);
});
