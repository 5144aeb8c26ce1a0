import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, test } from 'vitest';
import { type AccessKey, startLocalAws } from '../index.ts';
import { seededRandom } from '../seeded-random.ts';
import { Acknowledged } from '../testing/kill/acknowledged.ts';
import {
  expectAliases,
  expectDecryption,
  expectEvents,
  expectKeys,
  expectVersions,
} from '../testing/kill/verification.ts';
import { victimOptions } from '../testing/kill/victim-options.ts';
import { bundleVictim, startVictim } from '../testing/kill/victim-process.ts';
import { Caller } from '../testing/kill/workload.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

/*
 * Kills a local AWS, in a process of its own, at random moments under load, and looks whether anything is lost that it had
 * acknowledged. By default that is done 20 times; LOCAL_AWS_KILLS=200 does it 200 times. LOCAL_AWS_KILL_SEED gives other
 * moments and other calls.
 */
const kills = Number(process.env.LOCAL_AWS_KILLS ?? 20);
const seed = Number(process.env.LOCAL_AWS_KILL_SEED ?? 1);
/** Worked on at once, so that one local AWS is at work while another one starts. */
const directories = 4;
const callers = 4;
/** A kill comes when so many calls have been acknowledged since the start, and so many milliseconds later. */
const latestKill = { calls: 40, milliseconds: 4 };
/** Number of the last calls to look for in the trail: fewer than it keeps. */
const eventsToFind = 100;

let bundle: string;
let bundleDirectory: string;
beforeAll(async () => {
  bundleDirectory = await mkdtemp(join(tmpdir(), 'local-aws-victim-'));
  bundle = await bundleVictim(bundleDirectory);
});
afterAll(() => rm(bundleDirectory, { recursive: true, force: true }));

test(`${kills} kills lose nothing that was acknowledged`, { timeout: 30_000 + 3_000 * kills }, async () => {
  await Promise.all(
    Array.from({ length: directories }, async (_, number) =>
      killRepeatedly(await temporaryDirectory(), number, Math.ceil(kills / directories)),
    ),
  );
});

async function killRepeatedly(dataDirectory: string, number: number, times: number): Promise<void> {
  const random = seededRandom(1000 * seed + number);
  const acknowledged = new Acknowledged();
  const load = Array.from(
    { length: callers },
    (_, caller) => new Caller(`${number}-${caller}`, seededRandom(random() * 2 ** 32), acknowledged),
  );
  const first = await startLocalAws({ dataDirectory });
  await first.close();
  for (let kill = 0; kill < times; kill++) {
    const ciphertextsBefore = acknowledged.ciphertexts.length;
    await callAndKill(dataDirectory, first.credentials, load, async () => {
      await acknowledged.calls(1 + Math.floor(random() * latestKill.calls));
      await delay(random() * latestKill.milliseconds);
    });
    await afterRestart(dataDirectory, async (kms, cloudTrail) => {
      // The trail first: looking at the rest adds to it.
      await expectEvents(cloudTrail, acknowledged.requestIds.slice(-eventsToFind));
      await expectKeys(kms, acknowledged);
      await expectAliases(kms, acknowledged);
      await expectVersions(kms, acknowledged.versions, acknowledged.versions.changed());
      await expectDecryption(kms, acknowledged.ciphertexts.slice(ciphertextsBefore));
    });
  }
  await afterRestart(dataDirectory, async (kms) => {
    await expectVersions(kms, acknowledged.versions, acknowledged.versions.names());
    await expectDecryption(kms, acknowledged.ciphertexts);
  });
}

async function callAndKill(
  dataDirectory: string,
  credentials: AccessKey,
  load: readonly Caller[],
  untilKill: () => Promise<void>,
): Promise<void> {
  const victim = await startVictim(bundle, dataDirectory);
  const kms = new KMSClient({ endpoint: victim.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const calling = Promise.all(load.map((caller) => caller.callUntilCutOff(kms)));
  await Promise.race([untilKill(), calling]).finally(victim.kill);
  await calling;
  kms.destroy();
}

/** Starts the local AWS again, here, and looks at it with two clients. */
async function afterRestart(
  dataDirectory: string,
  look: (kms: KMSClient, cloudTrail: CloudTrailClient) => Promise<void>,
): Promise<void> {
  const aws = await startLocalAws({ dataDirectory, onWarning: () => {}, ...victimOptions });
  const { endpoint, region, credentials } = aws;
  const settings = { endpoint, region, credentials, maxAttempts: 1 };
  const [kms, cloudTrail] = [new KMSClient(settings), new CloudTrailClient(settings)];
  await look(kms, cloudTrail);
  kms.destroy();
  cloudTrail.destroy();
  await aws.close();
}
