import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { KMSServiceException } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type FixtureWorkshop, makeFixtureWorkshop } from '../../../test/learner/fixture-workshop.ts';
import { readSettings } from '../../settings/settings.ts';
import { ask } from './ask.ts';
import { checkFileWatching } from './file-watching.ts';
import { checkLocalPort } from './local-port.ts';
import { checkLocalRoundTrip } from './local-round-trip.ts';
import { checkNodeVersion } from './node-version.ts';
import { checkOutputFolder } from './output-folder.ts';
import { checkStateFolder } from './state-folder.ts';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

/** Runs an action as a user who may not write everything: root may. */
function asOrdinaryUser<Result>(action: () => Result): Result {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('Node.js', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['20.20.1', 'ok'],
    ['22.0.0', 'ok'],
    ['20.18.9', 'wrong'],
    ['18.20.4', 'wrong'],
    ['9.99.99', 'wrong'],
  ])('%s is %s', (version, verdict) => {
    workshop.write('package.json', '{"engines":{"node":">=20.19.0"}}');
    expect(checkNodeVersion(workshop.root, version).verdict).toBe(verdict);
  });

  test('that is too old is reported with the required version', () => {
    workshop.write('package.json', '{"engines":{"node":">=20.19.0"}}');
    expect(checkNodeVersion(workshop.root, '18.20.4')).toMatchObject({
      detail: '18.20.4 is older than 20.19.0.',
      fix: expect.stringContaining('Install Node.js 20.19.0 or newer'),
    });
  });
});

describe('the local port', () => {
  test('may be any', async () => {
    expect(await checkLocalPort(0)).toMatchObject({ verdict: 'ok' });
  });

  test('that is in use is reported with a solution', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      expect(await checkLocalPort(port)).toMatchObject({
        verdict: 'wrong',
        detail: `WORKSHOP_LOCAL_PORT is ${port}, but another program uses that port of 127.0.0.1.`,
        fix: expect.stringContaining('WORKSHOP_LOCAL_PORT=0'),
      });
    } finally {
      other.close();
    }
  });

  test('is free again after the check', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    other.close();
    await once(other, 'close');
    expect((await checkLocalPort(port)).verdict).toBe('ok');
    expect((await checkLocalPort(port)).verdict).toBe('ok');
  });
});

describe('the state folder', () => {
  test('is writable, and unchanged by the check', () => {
    workshop.write('.workshop/ledger/mine.jsonl', '');

    expect(checkStateFolder(workshop.root)).toMatchObject({ verdict: 'ok' });
    expect(readdirSync(join(workshop.root, '.workshop'), { recursive: true })).toEqual([
      'ledger',
      join('ledger', 'mine.jsonl'),
    ]);
  });

  test.each(['.workshop', '.workshop/hints', '.workshop/ledger'])('with a file at %s is reported', (file) => {
    mkdirSync(join(workshop.root, '.workshop'));
    expect(checkStateFolder(workshop.root)).toMatchObject({ verdict: 'ok' });
    rmSync(join(workshop.root, '.workshop'), { recursive: true });
    workshop.write(file, '');

    expect(checkStateFolder(workshop.root)).toMatchObject({
      verdict: 'wrong',
      detail: `${join(workshop.root, file)} is a file.`,
      fix: expect.stringContaining('Move it away.'),
    });
  });

  test.skipIf(process.platform === 'win32')('that partly belongs to another user is reported', () => {
    workshop.write('.workshop/ledger/mine.jsonl', '');
    const ledger = join(workshop.root, '.workshop/ledger');
    for (const folder of [workshop.root, join(workshop.root, '.workshop')]) chmodSync(folder, 0o777);
    const check = () => asOrdinaryUser(() => checkStateFolder(workshop.root));

    chmodSync(ledger, 0o777);
    expect(check()).toMatchObject({ verdict: 'ok' });
    chmodSync(ledger, 0o555);
    expect(check()).toMatchObject({
      verdict: 'wrong',
      detail: expect.stringMatching(/^EACCES: .*\.workshop\/ledger\/doctor-.*'\.$/),
    });
    chmodSync(ledger, 0o777);
  });
});

describe('file watching', () => {
  beforeEach(() => void mkdirSync(join(workshop.root, '.workshop')));

  test('works, and leaves no file', async () => {
    expect(await checkFileWatching(workshop.root, {})).toMatchObject({ verdict: 'ok' });
    expect(readdirSync(join(workshop.root, '.workshop'))).toEqual([]);
  });

  test('that hears nothing is reported with a solution', async () => {
    vi.useFakeTimers();
    const finding = checkFileWatching(workshop.root, {});
    // Time is up before the system has had a moment to tell of anything.
    vi.advanceTimersByTime(5000);
    vi.useRealTimers();

    expect(await finding).toMatchObject({
      verdict: 'wrong',
      fix: expect.stringContaining('set CHOKIDAR_USEPOLLING=1 in the shell'),
    });
  });

  test('is not needed when Vitest polls', async () => {
    const finding = await checkFileWatching(workshop.root, { CHOKIDAR_USEPOLLING: '1' });
    expect(finding).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('not needed') });
  });
});

describe('the output folder', () => {
  test('is writable, and unchanged by the check', () => {
    expect(checkOutputFolder(workshop.root, 'deep/output')).toMatchObject({ verdict: 'ok' });
    expect(readdirSync(workshop.root)).not.toContain('deep');

    workshop.write('output/mine.txt', '');
    expect(checkOutputFolder(workshop.root, 'output')).toMatchObject({ verdict: 'ok' });
    expect(readdirSync(join(workshop.root, 'output'))).toEqual(['mine.txt']);
  });

  test("that can't be written is reported with a solution", () => {
    workshop.write('output', 'a file');
    expect(checkOutputFolder(workshop.root, 'output')).toEqual({
      subject: 'Output folder',
      verdict: 'wrong',
      detail: expect.stringMatching(/^WORKSHOP_OUTPUT_FOLDER is output: EEXIST/),
      fix: expect.stringContaining('Set WORKSHOP_OUTPUT_FOLDER in .env'),
    });
  });
});

test('a data key goes to the local AWS and back', async () => {
  const settings = readSettings(workshop.root, {});
  expect(await checkLocalRoundTrip(settings)).toMatchObject({ verdict: 'ok' });
});

describe('a permission', () => {
  const caller = 'arn:aws:iam::111122223333:user/alice';
  const answer = (name: string, message: string) => async () => {
    throw new KMSServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });
  };

  test('is granted when the call succeeds', async () => {
    expect(await ask('kms:ListKeys', caller, async () => {})).toMatchObject({
      verdict: 'ok',
      detail: 'allowed',
    });
  });

  test('does not count as denied when the call fails for another reason', async () => {
    const finding = await ask(
      'kms:DescribeKey',
      caller,
      answer('NotFoundException', "Key 'x' does not exist"),
    );
    expect(finding).toMatchObject({ verdict: 'ok', detail: expect.stringMatching(/^not denied/) });
  });

  test('that is missing is reported with the statement that grants it', async () => {
    const message = `User: ${caller} is not authorized to perform: kms:TagResource on resource: * because no identity-based policy allows the kms:TagResource action`;
    expect(await ask('kms:CreateKey', caller, answer('AccessDeniedException', message))).toEqual({
      subject: 'kms:CreateKey',
      verdict: 'wrong',
      detail: message,
      fix: expect.stringMatching(
        /^Add to a policy of arn:aws:iam::111122223333:user\/alice, or .*docs\/iam-policy.json.*:\n{"Effect":"Allow","Action":\["kms:TagResource"\],"Resource":"\*","Condition":{.*"aws:RequestTag\/workshop":/,
      ),
    });
  });

  test('that is explicitly denied needs an administrator', async () => {
    const message = `User: ${caller} is not authorized to perform: kms:Decrypt on resource: k with an explicit deny in a service control policy`;
    expect(await ask('kms:Decrypt', caller, answer('AccessDeniedException', message))).toMatchObject({
      verdict: 'wrong',
      fix: 'A policy denies this explicitly: ask those who manage the account.',
    });
  });

  test("is unknown when AWS is too busy or can't be reached", async () => {
    const throttled = await ask('kms:ListKeys', caller, answer('ThrottlingException', 'Rate exceeded'));
    expect(throttled).toMatchObject({
      verdict: 'wrong',
      fix: expect.stringContaining('run npm run doctor again'),
    });
    const refused = await ask('kms:ListKeys', caller, async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    expect(refused).toMatchObject({ verdict: 'wrong', fix: expect.stringContaining('network') });
  });
});
