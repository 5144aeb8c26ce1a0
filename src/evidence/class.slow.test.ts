import { CreateAliasCommand, KMSClient } from '@aws-sdk/client-kms';
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countGenerateDataKeyCalls } from '../../workshop/04-audit-cloudtrail/solution.ts';
import { seededRandom } from '../local-aws/seeded-random.ts';
import { audit } from './audit.ts';
import { createAuditedKey, generateDataKey } from './difficult-calls.ts';
import type { Scenario } from './scenario.ts';
import { VirtualTime } from './testing/virtual-time.ts';
import { countLearners, patientCloudTrailClient } from './turns.ts';

const aliasPrefix = 'alias/learner-';
const learners = 500;
const patience = { timeoutSeconds: 20 * 60, quietSeconds: 90 };
const cloudTrail = { delaySeconds: 300, jitterSeconds: 60, lookupsPerSecond: 2 };

const time = new VirtualTime();
beforeEach(() => {
  time.start(new Date('2026-01-01T00:00:00Z'));
  // The turns are random, and so is the SDK's back-off.
  vi.spyOn(Math, 'random').mockImplementation(seededRandom(1));
});
afterEach(() => {
  time.stop();
  vi.restoreAllMocks();
});

/** What step 4 does, with a key of the learner's own. Gives how many seconds the audit took, and what it counted. */
async function audits(aws: LocalAws, learner: number) {
  const kms = new KMSClient(aws);
  time.watch(kms);
  const keyArn = await createAuditedKey(kms);
  const AliasName = `${aliasPrefix}${learner}`;
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: keyArn }));
  const from = new Date(Math.floor(Date.now() / 1000) * 1000);
  const scenarios: Scenario[] = [];
  for (const [name, calls] of Object.entries({ cached: 1, uncached: 2, none: 0 })) {
    const encryptionContext = { run: `learner-${learner}`, scenario: name };
    const sent: string[] = [];
    for (let call = 0; call < calls; call++) sent.push(await generateDataKey(kms, keyArn, encryptionContext));
    scenarios.push({ name, encryptionContext, sent });
  }
  const started = Date.now();
  const client = patientCloudTrailClient(() => countLearners(kms, aliasPrefix), aws);
  time.watch(client);
  const subject = { kms, cloudTrail: client, keyArn, from, scenarios };
  const audited = await audit(countGenerateDataKeyCalls, subject, patience);
  kms.destroy();
  client.destroy();
  return { seconds: (Date.now() - started) / 1000, counts: audited.map(({ counted }) => counted) };
}

test(`${learners} learners who share an account and begin together are all told, in time`, async ({
  annotate,
}) => {
  const lookUps = { answered: 0, refused: 0 };
  const aws = await startLocalAws({
    seed: 1,
    clock: time.clock,
    cloudTrail,
    onCall({ operation, status }) {
      if (operation === 'LookupEvents') lookUps[status === 200 ? 'answered' : 'refused']++;
    },
  });
  const everybody = Array.from({ length: learners }, (_, learner) => audits(aws, learner));
  const results = await time.passDuring(Promise.all(everybody));
  await aws.close();

  expect(results.filter(({ counts }) => counts.join() !== '1,2,0')).toEqual([]);
  // Each learner has to look at least twice: to see the marker call, and after the quiet period.
  const bound = cloudTrail.delaySeconds + (2 * learners) / cloudTrail.lookupsPerSecond;
  const seconds = results.map((result) => result.seconds).sort((a, b) => a - b);
  const figures = {
    bound,
    first: seconds[0],
    median: seconds[learners / 2],
    last: seconds.at(-1),
    ...lookUps,
  };
  await annotate(JSON.stringify(figures));
  expect(seconds.at(-1)).toBeLessThanOrEqual(1.2 * bound);
});
