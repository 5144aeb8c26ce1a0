import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Command } from './testing/command.ts';
import { errorOf } from './testing/local-aws-under-test.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

/** Starting it takes a second on a busy machine. */
const patience = { timeout: 60_000 };

/** Settings for the SDK's clients out of the variables that were printed. */
const settingsFrom = (variables: Record<string, string>) => ({
  endpoint: variables.AWS_ENDPOINT_URL ?? '',
  region: variables.AWS_REGION ?? '',
  credentials: {
    accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
  },
  maxAttempts: 1,
});

// Windows has neither `sh` nor a signal that a process can handle.
const onPosix = test.skipIf(process.platform === 'win32');

describe('once it listens', () => {
  onPosix('it prints the variables to export, and nothing else; SIGTERM stops it', patience, async () => {
    const command = Command.start('--port', '0');
    const variables = await command.variables();
    expect(command.stdout).toMatch(
      /^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+\nexport AWS_REGION=us-east-1\nexport AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16}\nexport AWS_SECRET_ACCESS_KEY=[A-Za-z0-9+/]{40}\n$/,
    );
    const kms = new KMSClient(settingsFrom(variables));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    expect(KeyMetadata?.Arn).toContain('arn:aws:kms:us-east-1:111122223333:key/');

    // A shell that evaluates the lines has the same values.
    const names = Object.keys(variables);
    const print = names.map((name) => `printf '%s\\n' "$${name}"`).join('; ');
    const inShell = execFileSync('sh', ['-c', `eval "$0"; ${print}`, command.stdout], { encoding: 'utf8' });
    expect(inShell.trimEnd().split('\n')).toEqual(names.map((name) => variables[name]));

    expect(await command.stop('SIGTERM')).toBe(0);
    expect(command.stdout.split('\n')).toHaveLength(5);
    expect(command.stderr).toBe('');
    expect(await errorOf(kms.send(new DescribeKeyCommand({ KeyId: 'any' })))).toMatchObject({ status: 0 });
  });

  onPosix(
    'it is the account and Region that were asked for; SIGINT stops it, more than one too',
    patience,
    async () => {
      const command = Command.start('--port=0', '--account-id', '012345678901', '--region', 'eu-central-1');
      const variables = await command.variables();
      expect(variables.AWS_REGION).toBe('eu-central-1');
      const sts = new STSClient(settingsFrom(variables));
      expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('012345678901');
      const ended = command.stop('SIGINT');
      command.stop('SIGINT');
      expect(await ended).toBe(0);
    },
  );

  test('--verbose logs a line for each call, without secrets', patience, async () => {
    const command = Command.start('--port', '0', '--verbose', '--cloudtrail-delay', '0');
    const settings = settingsFrom(await command.variables());
    const kms = new KMSClient(settings);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const Plaintext = Buffer.from('a plaintext that nobody may log');
    await kms.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext }));
    await errorOf(kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })));
    const cloudTrail = new CloudTrailClient(settings);
    const { Events = [] } = await cloudTrail.send(new LookupEventsCommand({}));
    expect(Events.map((event) => event.EventName)).toEqual(['DescribeKey', 'Encrypt', 'CreateKey']);

    await command.stop('SIGTERM');
    const end = '[0-9a-f-]{36} \\d+\\.\\dms';
    const time = '\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z';
    const lines = [
      'kms:CreateKey 200',
      'kms:Encrypt 200',
      'kms:DescribeKey 400 NotFoundException',
      'cloudtrail:LookupEvents 200',
    ];
    expect(command.stderr).toMatch(
      new RegExp(`^${lines.map((line) => `${time} ${line} ${end}\n`).join('')}$`),
    );
    for (const secret of [settings.credentials.secretAccessKey, 'nobody', Plaintext.toString('base64')]) {
      expect(command.stderr).not.toContain(secret);
    }
  });

  test(
    '--principals and --keys exist from the start, and no secret of them is printed',
    patience,
    async () => {
      const directory = await temporaryDirectory();
      const [principals, keys] = [join(directory, 'principals.json'), join(directory, 'keys.json')];
      const credentials = { accessKeyId: 'AKIAALICE', secretAccessKey: 'a secret of alice' };
      const policies = [
        { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'kms:DescribeKey', Resource: '*' } },
      ];
      await writeFile(principals, JSON.stringify([{ userName: 'alice', policies, credentials }]));
      const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
      const material = Buffer.alloc(32, 'secret').toString('base64');
      await writeFile(keys, JSON.stringify([{ keyId, material, aliasName: 'alias/given' }]));

      const command = Command.start('--port', '0', '--principals', principals, '--keys', keys, '--verbose');
      const kms = new KMSClient({ ...settingsFrom(await command.variables()), credentials });
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/given' }));
      expect(KeyMetadata?.KeyId).toBe(keyId);
      expect(await errorOf(kms.send(new CreateKeyCommand({})))).toMatchObject({
        name: 'AccessDeniedException',
      });
      await command.stop('SIGTERM');
      const printed = command.stdout + command.stderr;
      expect(printed).toContain('kms:DescribeKey 200');
      for (const secret of [material, credentials.secretAccessKey]) expect(printed).not.toContain(secret);
    },
  );

  test('--faults injects faults, and shows the seed that repeats them', patience, async () => {
    const rules = '[{"fault":"throttle","operation":"DescribeKey"}]';
    const command = Command.start('--port', '0', '--faults', rules, '--seed', '7');
    const kms = new KMSClient(settingsFrom(await command.variables()));
    expect(await errorOf(kms.send(new DescribeKeyCommand({ KeyId: 'any' })))).toMatchObject({
      name: 'ThrottlingException',
    });
    await command.stop('SIGTERM');
    expect(command.stderr).toBe('local-aws: --seed 7 repeats these faults.\n');
  });

  test('--data-dir keeps keys and access key over a SIGKILL', patience, async () => {
    const dataDirectory = join(await temporaryDirectory(), 'data');
    const first = Command.start('--port', '0', '--data-dir', dataDirectory);
    const before = await first.variables();
    const { KeyMetadata } = await new KMSClient(settingsFrom(before)).send(new CreateKeyCommand({}));
    expect(await first.stop('SIGKILL')).toBe('SIGKILL');

    const second = Command.start('--port', '0', '--data-dir', dataDirectory);
    const after = await second.variables();
    expect(after).toEqual({ ...before, AWS_ENDPOINT_URL: after.AWS_ENDPOINT_URL });
    await new KMSClient(settingsFrom(after)).send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    await second.stop('SIGTERM');
    expect(second.stderr).toBe('');
  });
});

onPosix('--data-dir: when the disk is full, every acknowledged key is kept', patience, async () => {
  const dataDirectory = join(await temporaryDirectory(), 'data');
  const limited = Command.startWithFileLimit(20, '--port', '0', '--data-dir', dataDirectory);
  let kms = new KMSClient(settingsFrom(await limited.variables()));
  const acknowledged: unknown[] = [];
  const failure = await errorOf(
    (async () => {
      while (acknowledged.length < 100) {
        const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'x'.repeat(1000) }));
        acknowledged.push(KeyMetadata?.KeyId);
      }
    })(),
  );
  expect(failure).toMatchObject({ name: 'InternalFailure', status: 500 });
  expect(acknowledged.length).toBeGreaterThan(0);
  // Later calls fail too, because they could depend on a change that isn't kept.
  expect(await errorOf(kms.send(new ListKeysCommand({})))).toMatchObject({ name: 'InternalFailure' });
  await limited.stop('SIGTERM');
  expect(limited.stderr).toContain("journal' can't be written, so every call fails until a restart: EFBIG");

  const command = Command.start('--port', '0', '--data-dir', dataDirectory);
  kms = new KMSClient(settingsFrom(await command.variables()));
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  expect(Keys.map((key) => key.KeyId).toSorted()).toEqual(acknowledged.toSorted());
  await command.stop('SIGTERM');
  expect(command.stderr).toContain("isn't whole");
});

describe('an invalid command line is reported in one message on stderr, and nothing is started', () => {
  test('an invalid value of an option', patience, async () => {
    const command = Command.start('--port', 'none');
    expect(await command.ended).toBe(1);
    expect(command).toMatchObject({
      stdout: '',
      stderr:
        "local-aws: --port is 'none'; it has to be a whole number from 0 to 65535.\n--help lists the options.\n",
    });
  });

  test('a port in use', patience, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const dataDirectory = await temporaryDirectory();
    const command = Command.start('--port', String(port), '--data-dir', dataDirectory);
    expect(await command.ended).toBe(1);
    expect(command).toMatchObject({
      stdout: '',
      stderr: `local-aws: Port ${port} is in use. Stop the program that listens there, or choose another port; --port 0 chooses a free one.\n`,
    });
  });

  test('an invalid fault rule', patience, async () => {
    const command = Command.start('--port', '0', '--faults', '[{"fault":"hail"}]');
    expect(await command.ended).toBe(1);
    expect(command.stdout).toBe('');
    expect(command.stderr).toContain('faults[0].fault is "hail"');
  });
});

test('--help and --version answer on stdout', patience, async () => {
  const help = Command.start('--help');
  const version = Command.start('--version');
  expect(await help.ended).toBe(0);
  expect(await version.ended).toBe(0);
  expect(help.stdout).toContain('--port <number>');
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(help.stderr + version.stderr).toBe('');
});
