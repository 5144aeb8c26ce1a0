import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { type FaultRule, startLocalAws } from 'local-kms-cloudtrail';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countGenerateDataKeyCalls } from '../../workshop/04-audit-cloudtrail/solution.ts';
import { seededRandom } from '../local-aws/seeded-random.ts';
import { type AuditedScenario, audit } from './audit.ts';
import { createAuditedKey, generateDataKey } from './difficult-calls.ts';
import { recordScenario, UndecidedError } from './scenario.ts';

import { VirtualTime } from './testing/virtual-time.ts';

const runs = 60;
/** The same as for a real account. */
const patience = { timeoutSeconds: 20 * 60, quietSeconds: 90 };

const time = new VirtualTime();
beforeEach(() => time.start(new Date('2026-01-01T00:00:00Z')));
afterEach(() => {
  time.stop();
  vi.restoreAllMocks();
});

/** A random combination of faults; the first random number scales all rates and delays. */
function faultsOf(number: () => number): FaultRule[] {
  const severity = number();
  const rate = (most: number) => number() * most * severity;
  const seconds = (most: number): [number, number] => [0, number() * most * severity];
  const faults = ['LookupEvents', 'DescribeKey', 'GenerateDataKey'].flatMap((operation): FaultRule[] => [
    { fault: 'throttle', operation, rate: rate(operation === 'LookupEvents' ? 0.9 : 0.5) },
    { fault: 'server-error', operation, rate: rate(0.4) },
    { fault: 'reset', operation, rate: rate(operation === 'GenerateDataKey' ? 0.05 : 0.4) },
    { fault: 'reset', operation, carriedOut: true, rate: rate(operation === 'GenerateDataKey' ? 0.05 : 0.4) },
    { fault: 'latency', operation, rate: rate(1), milliseconds: [0, 5000] },
  ]);
  return [
    ...faults,
    { fault: 'late-event', rate: rate(1), seconds: seconds(300) },
    { fault: 'late-event', rate: rate(0.1), seconds: seconds(3000) },
    { fault: 'doubled-event', rate: rate(1), secondsApart: seconds(300) },
  ];
}

/** One run: what the audit counted, or why it could not decide. */
async function auditIn(seed: number): Promise<AuditedScenario[] | UndecidedError> {
  const number = seededRandom(seed);
  // The SDK's back-off is random, too.
  vi.spyOn(Math, 'random').mockImplementation(number);
  const aws = await startLocalAws({
    seed,
    clock: time.clock,
    faults: faultsOf(number),
    cloudTrail: { delaySeconds: 300, jitterSeconds: 60 },
  });
  const kms = new KMSClient(aws);
  const cloudTrail = new CloudTrailClient(aws);
  const patientKms = new KMSClient({ ...aws, maxAttempts: 100 });
  for (const client of [kms, cloudTrail, patientKms]) time.watch(client);
  const play = async () => {
    const keyArn = await createAuditedKey(patientKms);
    const from = new Date(Math.floor(Date.now() / 1000) * 1000);
    const record = (name: string, calls: number) =>
      recordScenario(name, { run: 'ours', scenario: name }, async () => {
        for (let call = 0; call < calls; call++)
          await generateDataKey(patientKms, keyArn, { run: 'ours', scenario: name });
      });
    const scenarios = [];
    for (const [name, calls] of [
      ['cached', 1],
      ['uncached', 2],
      ['none', 0],
    ] as const) {
      scenarios.push(await record(name, calls));
      await generateDataKey(patientKms, keyArn, { run: 'of somebody else', scenario: name });
    }
    return audit(countGenerateDataKeyCalls, { kms, cloudTrail, keyArn, from, scenarios }, patience);
  };
  try {
    return await time.passDuring(play());
  } catch (error) {
    if (error instanceof UndecidedError) return error;
    throw error;
  } finally {
    for (const client of [kms, cloudTrail, patientKms]) client.destroy();
    await aws.close();
  }
}

test(`counts right, or says why it can't, with ${runs} combinations of faults`, {
  timeout: 300_000,
}, async () => {
  let decided = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const outcome = await auditIn(seed);
    if (outcome instanceof UndecidedError) {
      expect(outcome.message, `seed ${seed}`).toMatch(/^Could not decide.*, because \S/);
    } else {
      decided++;
      const counts = outcome.map(({ counted }) => counted);
      expect(counts, `seed ${seed}`).toEqual([1, 2, 0]);
    }
  }
  // With the most severe combinations no count is possible, but most allow one.
  expect(decided).toBeGreaterThan(runs / 2);
  expect(decided).toBeLessThan(runs);
});
