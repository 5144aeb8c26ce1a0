import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local-aws/index.ts';
import { type FixtureWorkshop, makeFixtureWorkshop } from '../testing/fixture-workshop.ts';
import { runCommandLine } from './command-line.ts';

let workshop: FixtureWorkshop;
let aws: LocalAws;
let kms: KMSClient;
let endpoint: Record<string, string>;

beforeEach(async () => {
  workshop = makeFixtureWorkshop();
  workshop.write('package.json', '{"type":"module","engines":{"node":">=20.19.0"}}');
  workshop.write('package-lock.json', '{"lockfileVersion":3,"packages":{}}');
  aws = await startLocalAws({ region: 'eu-central-1' });
  endpoint = {
    WORKSHOP_TARGET: 'endpoint',
    AWS_REGION: aws.region,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const before = process.cwd();
  process.chdir(workshop.root);
  // Whatever AWS account the person has who runs this.
  for (const name of Object.keys(process.env)) if (/^(AWS|WORKSHOP)_/.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  vi.stubEnv('HOME', workshop.root);
  kms = new KMSClient(aws);
  return async () => {
    vi.unstubAllEnvs();
    process.chdir(before);
    kms.destroy();
    await aws.close();
    workshop.remove();
  };
});

/** Runs a command in this process, with more of an environment than there is. */
async function run(args: string[], environment: Record<string, string> = {}) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value || undefined);
  let output = '';
  const print = (text: string) => {
    output += `${text}\n`;
  };
  const isWell = await runCommandLine(['node', 'main.ts', ...args], workshop.root, print);
  return { isWell, output: stripVTControlCharacters(output) };
}

/** The keys that there are, by their states. */
async function keyStates(): Promise<(string | undefined)[]> {
  const states: (string | undefined)[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      states.push(KeyMetadata?.KeyState);
    }
  }
  return states;
}

async function aliases(): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) {
    names.push(...Aliases.map(({ AliasName }) => AliasName));
  }
  return names;
}

describe('doctor', () => {
  const permissions = [
    'kms:CreateKey',
    'kms:ListKeys',
    'cloudtrail:LookupEvents',
    'kms:DescribeKey',
    'kms:TagResource',
    'kms:ListResourceTags',
    'kms:CreateAlias',
    'kms:GenerateDataKey',
    'kms:Decrypt',
    'kms:DeleteAlias',
    'kms:ScheduleKeyDeletion',
  ];

  test('asks for credentials, identity and each permission, and makes nothing', async () => {
    const { isWell, output } = await run(['doctor'], endpoint);

    expect(isWell).toBe(true);
    expect(output).toContain(' ✔ Settings                the target is endpoint in eu-central-1');
    expect(output).toContain(' ✔ Credentials             AWS accepts them');
    expect(output).toMatch(
      / ✔ Identity +arn:aws:iam::111122223333:user\/administrator, in the account 111122223333\n/,
    );
    for (const permission of permissions) {
      expect(output).toMatch(new RegExp(`^ ✔ ${permission} +(allowed|not denied)`, 'm'));
    }
    expect(output).toContain('All is well.');
    expect(await keyStates()).toEqual([]);
  });

  test('proves each permission with a key that it removes', async () => {
    const { isWell, output } = await run(['doctor', '--with-key'], endpoint);

    expect(isWell).toBe(true);
    for (const permission of permissions) {
      expect(output).toMatch(new RegExp(`^ ✔ ${permission} +allowed$`, 'm'));
    }
    expect(await keyStates()).toEqual(['PendingDeletion']);
    expect(await aliases()).toEqual([]);
    expect(readdirSync(join(workshop.root, '.workshop/ledger'))).toEqual([]);
  });

  describe('for a user whose policy leaves a permission out', () => {
    const policyWithout = (missing: string) => {
      const Action = permissions.filter((permission) => permission !== missing);
      return JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
      });
    };

    let guarded: LocalAws | undefined;
    afterEach(() => guarded?.close());

    /** Runs the doctor as a user who may do everything but that. */
    async function doctorWithout(missing: string, ...options: string[]) {
      const policies = [policyWithout(missing)];
      guarded = await startLocalAws({ region: aws.region, principals: [{ userName: 'alice', policies }] });
      const { accessKeyId, secretAccessKey } = guarded.credentialsOf('alice');
      return run(['doctor', ...options], {
        ...endpoint,
        AWS_ENDPOINT_URL: guarded.endpoint,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      });
    }

    test.each(permissions)('finds that %s is missing, and how to give it', async (missing) => {
      const { isWell, output } = await doctorWithout(missing, '--with-key');

      // Creating a key with tags takes the permission to tag it, too.
      const refused = missing === 'kms:TagResource' ? 'kms:CreateKey' : missing;
      expect(isWell).toBe(false);
      expect(output).toMatch(new RegExp(`^ ✘ ${refused} +`, 'm'));
      expect(output).toContain(
        `→ Add to a policy of arn:aws:iam::111122223333:user/alice: {"Effect":"Allow","Action":"${missing}","Resource":"*"}`,
      );
    });

    test.each(['kms:CreateKey', 'kms:ListKeys', 'cloudtrail:LookupEvents'])(
      'finds that %s is missing without making a key',
      async (missing) => {
        const { isWell, output } = await doctorWithout(missing);

        expect(isWell).toBe(false);
        expect(output).toMatch(new RegExp(`^ ✘ ${missing} +`, 'm'));
        expect(output).toContain('One thing is wrong.');
      },
    );

    test('says which key it could not remove, and keeps it on the ledger', async () => {
      const { output } = await doctorWithout('kms:ScheduleKeyDeletion', '--with-key');

      expect(output).toMatch(
        / ✘ The key +arn:aws:kms:\S+ is still there, and costs\.\n +→ .*npm run clean-up/,
      );
      expect(readdirSync(join(workshop.root, '.workshop/ledger'))).toHaveLength(1);
    });
  });

  test.each([
    [
      'a wrong secret',
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      'SignatureDoesNotMatch',
      'Check AWS_SECRET_ACCESS_KEY',
    ],
    [
      'an unknown access key',
      { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN' },
      'InvalidClientTokenId',
      'AWS_ACCESS_KEY_ID',
    ],
    ['no credentials', { AWS_ACCESS_KEY_ID: '' }, 'CredentialsProviderError', 'Log in'],
    ['nobody there', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'ECONNREFUSED', 'Check the network'],
  ])('tells what is wrong with %s, and the fix', async (_what, wrong, seen, fix) => {
    const { isWell, output } = await run(['doctor'], { ...endpoint, ...wrong });

    expect(isWell).toBe(false);
    const [, finding] = output.split(' ✘ Credentials');
    expect(finding).toContain(seen);
    expect(finding).toMatch(new RegExp(`→ .*${fix}`));
    expect(finding).toContain('· Permissions');
    expect(output).toContain('One thing is wrong.');
  });

  test('looks at the rest when the settings are wrong', async () => {
    workshop.write('.env', 'WORKSHOP_TARGET=moon\nWORKSHOP_LOCAL_PORT=70000\n');

    const { isWell, output } = await run(['doctor']);

    expect(isWell).toBe(false);
    expect(output).toMatch(
      /✘ Settings .*\n +WORKSHOP_TARGET is "moon"; .*\n +WORKSHOP_LOCAL_PORT is "70000"; .*\n +→ /,
    );
    expect(output).toContain('✔ File watching');
    expect(output).toContain('· AWS                     not checked: the settings are wrong');
  });

  test('takes a data key to the local AWS and back when that is the target', async () => {
    const { isWell, output } = await run(['doctor']);

    expect(isWell).toBe(true);
    expect(output).toContain('✔ Local AWS               a data key was generated, and decrypted to the same');
  });
});

describe('clean-up', () => {
  const tags = [
    { TagKey: 'workshop', TagValue: 'data-key-caching' },
    { TagKey: 'workshop-run', TagValue: 'dead' },
  ];
  const entry = {
    process: spawnSync(process.execPath, ['--version']).pid,
    target: 'endpoint',
    region: 'eu-central-1',
    aliasName: 'alias/kms_key_cse_usecase_3_dead',
    tags,
    files: ['output/encrypted_e_1.txt', 'output/encrypted_e_2.txt'],
  };
  const enter = (run: string, changes: Partial<typeof entry> = {}) =>
    workshop.write(`.workshop/ledger/${run}.jsonl`, `${JSON.stringify({ ...entry, ...changes })}\n`);

  async function createKey(): Promise<string | undefined> {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags: tags }));
    return KeyMetadata?.KeyId;
  }

  test('removes the keys, the aliases and the files of a run that was killed', async () => {
    await kms.send(new CreateAliasCommand({ AliasName: entry.aliasName, TargetKeyId: await createKey() }));
    await createKey();
    await kms.send(new CreateKeyCommand({}));
    enter('dead');
    workshop.write('output/encrypted_e_1.txt', '');
    workshop.write('output/mine.txt', '');

    const { isWell, output } = await run(['clean-up'], endpoint);

    expect(isWell).toBe(true);
    expect(output).toMatch(
      /^✔ Removed:\n {2}alias\/kms_key_cse_usecase_3_dead, and its key in 7 days\n {2}arn:aws:kms:eu-central-1:111122223333:key\/[0-9a-f-]{36} in 7 days: it had no alias\n {2}output\/encrypted_e_1.txt\n$/,
    );
    expect((await keyStates()).sort()).toEqual(['Enabled', 'PendingDeletion', 'PendingDeletion']);
    expect(await aliases()).toEqual([]);
    expect(readdirSync(join(workshop.root, 'output'))).toEqual(['mine.txt']);
    expect((await run(['clean-up'])).output).toBe('✔ There is nothing to clean up.\n');
  });

  test('removes the files of a run on the local AWS, but none of a run that lives', async () => {
    enter('dead', { target: 'local' });
    enter('alive', { target: 'local', process: process.pid, files: ['output/encrypted_e_2.txt'] });
    workshop.write('output/encrypted_e_1.txt', '');
    workshop.write('output/encrypted_e_2.txt', '');
    workshop.write('.workshop/scratch/dead/cached', '');

    const { isWell, output } = await run(['clean-up']);

    expect(isWell).toBe(true);
    expect(output).toBe(
      `✔ Removed:\n  output/encrypted_e_1.txt\n· Left:\n  alive: it is still running, as process ${process.pid}\n`,
    );
    expect(readdirSync(join(workshop.root, 'output'))).toEqual(['encrypted_e_2.txt']);
    expect(readdirSync(join(workshop.root, '.workshop/ledger'))).toEqual(['alive.jsonl']);
    expect(existsSync(join(workshop.root, '.workshop/scratch/dead'))).toBe(false);
  });

  test('leaves what is elsewhere, and says how to get at it', async () => {
    enter('dead', { target: 'aws', region: 'ap-south-1' });

    const { isWell, output } = await run(['clean-up'], endpoint);

    expect({ isWell, output }).toEqual({
      isWell: true,
      output:
        '· Left:\n  dead: it ran elsewhere; WORKSHOP_TARGET=aws AWS_REGION=ap-south-1 npm run clean-up\n',
    });
  });

  test('that AWS refuses says so, and keeps the ledger', async () => {
    enter('dead');

    await expect(run(['clean-up'], { ...endpoint, AWS_SECRET_ACCESS_KEY: 'wrong' })).rejects.toThrow(
      /^The clean-up stopped: InvalidSignatureException: .*\n {2}What is wrong, npm run doctor may tell\./,
    );

    expect(readdirSync(join(workshop.root, '.workshop/ledger'))).toEqual(['dead.jsonl']);
  });
});
