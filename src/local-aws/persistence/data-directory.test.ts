import { appendFileSync, existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { startLocalAws } from '../index.ts';
import { KeptLocalAws } from '../testing/kept-local-aws.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

// Windows has access control lists instead of file modes.
test.skipIf(process.platform === 'win32')('creates the directory for its owner alone', async () => {
  const dataDirectory = join(await temporaryDirectory(), 'not', 'there', 'yet');
  const aws = await startLocalAws({ dataDirectory });
  expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
  const files = readdirSync(dataDirectory);
  expect(files.sort()).toEqual(['journal', 'lock']);
  for (const file of files) expect(statSync(join(dataDirectory, file)).mode & 0o777).toBe(0o600);
  await aws.close();
  expect(readdirSync(dataDirectory)).toEqual(['journal']);
});

test('a call is in the file before it is answered', async () => {
  const kept = await KeptLocalAws.create();
  const { kms, newKey } = await kept.start();
  const journal = () => readFile(join(kept.dataDirectory, 'journal'), 'utf8');
  const { id } = await newKey();
  expect(await journal()).toContain(id);
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/kept', TargetKeyId: id }));
  expect(await journal()).toContain('alias/kept');
  const { $metadata } = await kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }));
  expect(await journal()).toContain($metadata.requestId);
});

test('neither plaintexts nor data keys are in it', async () => {
  const kept = await KeptLocalAws.create();
  const { kms, newKey } = await kept.start();
  const { id: KeyId } = await newKey();
  const { Plaintext = new Uint8Array() } = await kms.send(
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }),
  );
  await kms.send(new EncryptCommand({ KeyId, Plaintext }));
  const journal = await readFile(join(kept.dataDirectory, 'journal'), 'utf8');
  expect(journal).toContain(KeyId);
  expect(journal).toContain('GenerateDataKey');
  for (const encoding of ['base64', 'base64url', 'hex'] as const) {
    expect(journal).not.toContain(Buffer.from(Plaintext).toString(encoding));
  }
  expect(journal).not.toContain(JSON.stringify([...Plaintext]).slice(1, -1));
});

describe('the user of the directory', () => {
  test('is one at a time', async () => {
    const kept = await KeptLocalAws.create();
    const first = await kept.start();
    await expect(startLocalAws({ dataDirectory: kept.dataDirectory })).rejects.toThrow(
      `The data directory '${kept.dataDirectory}' is in use by process ${process.pid}.`,
    );
    await first.newKey();
    expect((await first.kms.send(new ListKeysCommand({}))).Keys).toHaveLength(1);
  });

  test('releases it if the start fails', async () => {
    const kept = await KeptLocalAws.create();
    const { dataDirectory } = kept;
    const other = await startLocalAws();
    const port = Number(new URL(other.endpoint).port);
    await expect(startLocalAws({ dataDirectory, port })).rejects.toThrow('EADDRINUSE');
    expect(existsSync(join(dataDirectory, 'lock'))).toBe(false);
    await other.close();

    await kept.start();
    await kept.stop();
    await expect(startLocalAws({ dataDirectory, region: 'eu-west-1' })).rejects.toThrow('in us-east-1');
    expect(existsSync(join(dataDirectory, 'lock'))).toBe(false);
    const principals = [{ userName: 'administrator', policies: [] }];
    await expect(startLocalAws({ dataDirectory, principals })).rejects.toThrow('Two principals');
    expect(existsSync(join(dataDirectory, 'lock'))).toBe(false);
    await kept.start();
    expect(existsSync(join(dataDirectory, 'lock'))).toBe(true);
  });
});

describe('after a crash', () => {
  test('a torn last record is dropped and reported; the earlier ones are there', async () => {
    const kept = await KeptLocalAws.create();
    const { id } = await (await kept.start()).newKey();
    await kept.stop();
    const journal = join(kept.dataDirectory, 'journal');
    const { size } = statSync(journal);
    appendFileSync(journal, '0badc0de [{"type":"key-re');

    const warnings: string[] = [];
    const local = await kept.start({ onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual([
      `The last record of '${journal}', at byte ${size}, isn't whole: its 25 bytes are dropped. ` +
        'Its writing was cut short, so the call was never answered.',
    ]);
    expect((await local.kms.send(new ListKeysCommand({}))).Keys?.map((key) => key.KeyId)).toEqual([id]);

    // Dropped for good, and nothing is said again.
    const again = await kept.start();
    await again.kms.send(new DescribeKeyCommand({ KeyId: id }));
  });

  test('a call whose record was torn has left nothing: neither the key nor the event', async () => {
    const kept = await KeptLocalAws.create();
    await (await kept.start()).newKey();
    await kept.stop();
    const journal = join(kept.dataDirectory, 'journal');
    truncateSync(journal, statSync(journal).size - 1);

    const local = await kept.start({ onWarning: () => {} });
    const keys = async () => (await local.kms.send(new ListKeysCommand({}))).Keys;
    expect(await keys()).toEqual([]);
    expect((await local.deliveredEvents()).map((event) => event.eventName)).toEqual(['ListKeys']);
    const { id } = await local.newKey();
    expect(await keys()).toMatchObject([{ KeyId: id }]);
  });

  test('a half-written file of a rewriting is removed', async () => {
    const kept = await KeptLocalAws.create();
    await kept.start();
    await kept.stop();
    writeFileSync(join(kept.dataDirectory, 'journal.new'), 'half');
    await kept.start();
    expect(readdirSync(kept.dataDirectory).sort()).toEqual(['journal', 'lock']);
  });

  test('a damaged record stops the start, and names the file and where', async () => {
    const kept = await KeptLocalAws.create();
    const { newKey } = await kept.start();
    expect(existsSync(join(kept.dataDirectory, 'lock'))).toBe(true);
    await newKey();
    await newKey();
    await kept.stop();
    const journal = join(kept.dataDirectory, 'journal');
    const content = await readFile(journal, 'latin1');
    const offset = content.lastIndexOf('\n', content.length - 2) + 1;
    writeFileSync(journal, content.replaceAll('"Enabled"', '"enabled"'), 'latin1');
    await expect(kept.start()).rejects.toThrow(/The record at byte [1-9]\d* of '.*journal' is damaged/);

    writeFileSync(
      journal,
      content.slice(0, offset) + content.slice(offset).replace('Enabled', 'Disabled'),
      'latin1',
    );
    await expect(kept.start()).rejects.toThrow(`The record at byte ${offset} of '${journal}' is damaged`);
    expect(existsSync(join(kept.dataDirectory, 'lock'))).toBe(false);
  });
});

test('the file stays bounded while calls go on, and the trail keeps its events', {
  timeout: 60_000,
}, async () => {
  const kept = await KeptLocalAws.create();
  const cloudTrail = { capacity: 20, lookupsPerSecond: Number.POSITIVE_INFINITY };
  let local = await kept.start({ cloudTrail });
  const { id: KeyId } = await local.newKey();
  const policy = (number: number) =>
    JSON.stringify({
      Version: '2012-10-17',
      Id: `${number} ${'x'.repeat(25_000)}`,
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
  let largest = 0;
  // Each call writes the policy twice, with the key and with the event: 6 MB, in all.
  for (let number = 0; number < 120; number++) {
    await local.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy(number) }));
    largest = Math.max(largest, statSync(join(kept.dataDirectory, 'journal')).size);
  }
  expect(largest).toBeLessThan(3 * 1024 * 1024);
  const before = await local.deliveredEvents();
  expect(before).toHaveLength(20);

  local = await kept.start({ cloudTrail });
  expect((await local.deliveredEvents()).slice(0, 19)).toEqual(before.slice(0, 19));
});
