import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AwsSeat, takeAwsSeat } from '../../test/learner/aws-seat.ts';
import { reductionsOf, wideningsOf } from '../../test/least-privilege/policy-changes.ts';
import { nobody } from '../state/testing/ledger-folder.ts';
import { actionsOf, type IamPolicy, readIamPolicy } from './doctor/iam-policy.ts';

const policy = readIamPolicy();

/** A seat in an account where another team has a key, and the learner a policy. */
async function takeSeatWith(policy: IamPolicy): Promise<AwsSeat> {
  const seat = await takeAwsSeat({ principals: [{ userName: 'learner', policies: [policy] }] });
  onTestFinished(seat.leave);
  const Tags = [{ TagKey: 'workshop', TagValue: 'pottery' }];
  const { KeyMetadata } = await seat.kms.send(new CreateKeyCommand({ Tags }));
  await seat.kms.send(
    new CreateAliasCommand({ AliasName: 'alias/pottery', TargetKeyId: KeyMetadata?.KeyId }),
  );
  return seat;
}

/** Returns the doctor's output. */
async function examine(policy: IamPolicy, ...options: string[]) {
  const seat = await takeSeatWith(policy);
  const examination = await seat.run(['doctor', ...options], seat.endpointAs('learner'));
  return { ...examination, seat };
}

/** The permissions that have a line in what the doctor said. */
function askedIn(output: string): string[] {
  return [...output.matchAll(/^ [✔✘] (\w+:\w+) /gm)].map(([, permission = '']) => permission);
}

describe.each([{ options: [] }, { options: ['--with-key'] }])('doctor $options', ({ options }) => {
  test('accepts docs/iam-policy.json, and checks everything in it', async () => {
    const { isWell, output, seat } = await examine(policy, ...options);

    expect(isWell).toBe(true);
    expect(output).toContain(' ✔ Least privilege         what the workshop does not need was refused');
    expect(askedIn(output).sort()).toEqual(actionsOf(policy).sort());
    expect((await seat.keyStates()).filter((state) => state === 'Enabled')).toHaveLength(1);
    expect(await seat.aliases()).toEqual(['alias/pottery']);
  });
});

/** A policy without an action. */
function policyWithout(action: string): IamPolicy {
  const Statement = policy.Statement.map((each) => ({
    ...each,
    Action: each.Action.filter((other) => other !== action),
  }));
  return { ...policy, Statement };
}

describe('doctor', () => {
  test.each(['kms:CreateKey', 'kms:ListKeys', 'cloudtrail:LookupEvents'])(
    'finds that %s is missing without making a key',
    async (missing) => {
      const { isWell, output, seat } = await examine(policyWithout(missing));

      expect(isWell).toBe(false);
      expect(output).toMatch(new RegExp(`^ ✘ ${missing} +`, 'm'));
      expect(output).toContain('One thing is wrong.');
      expect(await seat.keyStates()).toEqual(['Enabled']);
    },
  );

  test.each([
    {
      missing: 'kms:ScheduleKeyDeletion',
      said: / ✘ The key +arn:aws:kms:\S+ is still there, and costs\.\n +→ .*npm run clean-up/,
    },
    { missing: 'kms:DeleteAlias', said: / ✘ kms:DeleteAlias / },
  ])('keeps on the ledger what it could not remove without $missing', async ({ missing, said }) => {
    const { output, seat } = await examine(policyWithout(missing), '--with-key');
    const isEnabled = (state: string | undefined) => state === 'Enabled';

    expect(output).toMatch(said);
    expect(readdirSync(join(seat.workshop.root, '.workshop/ledger'))).toHaveLength(1);

    // Once the permission is there.
    endProcessInLedger(seat);
    await seat.run(['clean-up'], seat.endpoint);
    expect((await seat.keyStates()).filter(isEnabled)).toHaveLength(1);
    expect(await seat.aliases()).toEqual(['alias/pottery']);
  });
});

/** As if the process that wrote the ledger were gone, as the doctor's is by the time of a clean-up. */
function endProcessInLedger({ workshop }: AwsSeat): void {
  const folder = '.workshop/ledger';
  for (const file of readdirSync(join(workshop.root, folder))) {
    const entries = workshop.read(`${folder}/${file}`);
    workshop.write(`${folder}/${file}`, entries.replace(/"process":{"id":\d+/g, `"process":{"id":${nobody}`));
  }
}

describe('doctor --with-key reports a missing permission', () => {
  for (const { what, policy: reduced, actions } of reductionsOf(policy)) {
    test(`without ${what}`, async () => {
      const { isWell, output } = await examine(reduced, '--with-key');

      const [missing] = actions;
      // Creating a key with tags takes the permission to tag it, too.
      const refused = missing === 'kms:TagResource' ? 'kms:CreateKey' : missing;
      expect(isWell).toBe(false);
      expect(output).toMatch(
        new RegExp(`^ ✘ ${refused} +User: .* is not authorized to perform: ${missing} `, 'm'),
      );
      expect(output).toContain(
        '→ Add to a policy of arn:aws:iam::111122223333:user/learner, or attach docs/iam-policy.json, which has it:',
      );
      expect(output).toMatch(new RegExp(`^ +{"Effect":"Allow","Action":\\["${missing}"\\],`, 'm'));
    });
  }
});

/** AWS takes up to five minutes to heed a new alias (KMS developer guide, abac.html): asked at once, it tells nothing. */
const isTooEarlyToAsk = (what: string) => what.includes('kms:ResourceAliases');

describe('doctor --with-key reports excess permissions', () => {
  for (const { what, policy: widened, actions } of wideningsOf(policy)) {
    if (isTooEarlyToAsk(what)) continue;
    test(`with ${what}`, async () => {
      const { isWell, output, seat } = await examine(widened, '--with-key');

      expect(isWell).toBe(true);
      const [, finding = ''] = output.split(' ~ Least privilege');
      expect(finding).toContain('more is allowed than the workshop needs');
      expect(actions.filter((action) => finding.includes(action))).not.toEqual([]);
      expect(finding).toContain('→ docs/iam-policy.json is enough');
      // To find out, nothing was changed.
      expect((await seat.keyStates()).filter((state) => state === 'Enabled')).toHaveLength(1);
      expect(await seat.aliases()).toEqual(['alias/pottery']);
    });
  }
});
