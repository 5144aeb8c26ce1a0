import {
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
} from '@aws-crypto/client-node';
import { type KMS, ListGrantsCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, test } from 'vitest';
import { lendTo, predictNextMessage, readerPolicy, writerPolicy } from '#exercise/09-let-in-by-context';
import { isAllowed, type Operation, operations } from '../../src/evidence/attempts.ts';
import { type As, countRefusals, withPrincipals } from '../../src/evidence/principals.ts';
import { once, useStep } from '../../src/run/step.ts';

// Other principals than the one that runs the workshop exist only in a local AWS.
useStep(import.meta.filename);
const about = (todo: number, todos = [todo]) => ({ meta: { todos: [1, ...todos], about: todo } });

const keyIds = ['1234abcd-12ab-34cd-56ef-1234567890ab', '0987dcba-09fe-87dc-65ba-ab0987654321'];
const [keyArn, otherKeyArn] = keyIds.map((id) => `arn:aws:kms:us-east-1:111122223333:key/${id}`) as [
  string,
  string,
];
const tenant = 'Ada';
const forTenant = { operation: 'Decrypt', context: 'the tenant', key: keyArn } as const;

const arnOf = (userName: string) => `arn:aws:iam::111122223333:user/${userName}`;
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const nothing = policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' });
const denyingWriter = JSON.stringify(
  policy(
    { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    { Effect: 'Deny', Principal: { AWS: arnOf('writer') }, Action: 'kms:*', Resource: '*' },
  ),
);

const contexts = {
  'the tenant': { tenant },
  'the tenant and a document': { tenant, document: '7' },
  'another tenant': { tenant: 'Bob' },
  'no tenant': {},
  'the tenant as a customer': { customer: tenant },
  'a tenant with a longer name': { tenant: 'Adam' },
  'a tenant in small letters': { tenant: 'ada' },
};

interface Attempt {
  operation: Operation;
  context: keyof typeof contexts;
  key: string;
}

/** The calls that are tried: the operations that are asked for under each context, and others and another key for the tenant. */
const attempts: Attempt[] = operations.flatMap((operation) => [
  { operation, context: 'the tenant', key: otherKeyArn },
  ...Object.keys(contexts)
    .filter((context) => ['GenerateDataKey', 'Decrypt'].includes(operation) || context === 'the tenant')
    .map((context) => ({ operation, context: context as Attempt['context'], key: keyArn })),
]);

// The prediction comes first: until it is made, nothing is shown.
beforeEach(() => void predictNextMessage());

const roles = [
  { role: 'writer', todo: 2, operation: 'GenerateDataKey', policyOf: writerPolicy },
  { role: 'reader', todo: 3, operation: 'Decrypt', policyOf: readerPolicy },
] as const;

describe.for(roles)('the $role', ({ role, todo, operation, policyOf }) => {
  const tried = once(() =>
    withPrincipals(keyIds, { [role]: policyOf(keyArn, tenant) }, async (as) => ({
      allowed: await tryAll(as, role),
      refusals: await countRefusals(as, role),
    })),
  );

  test('has a policy that AWS accepts', about(todo), async () => {
    const error = await tried().catch((e: Error) => e);

    if (error instanceof Error && error.name === 'TodoError') throw error;
    expect(error instanceof Error ? error.message : 'accepted', 'AWS cannot read the policy.').toBe(
      'accepted',
    );
  });

  testAccess({ role, todo, operation, tried });

  test('has its refusals in CloudTrail', about(todo), async () => {
    const { allowed, refusals } = await tried();

    // No wrong answer fails here: CloudTrail has each call that KMS refused.
    expect(refusals, 'CloudTrail has an event for each refused call.').toBe(attempts.length - allowed.length);
  });
});

describe('the helper', () => {
  const loan = { keyArn, tenant, helperArn: arnOf('helper') };
  const tried = once(() =>
    withPrincipals(keyIds, { helper: nothing }, async (as) => {
      const { kms } = as('owner');
      const loanOfHelper = await lendTo(kms, loan, async (grantToken) => ({
        grantToken,
        grantees: await granteesOf(kms),
        allowed: await tryAll(as, 'helper', grantToken),
      }));
      return { ...loanOfHelper, after: await tryOne(as, 'helper', forTenant, loanOfHelper.grantToken) };
    }),
  );

  test('has the grant', about(4, [4, 5]), async () => {
    const { grantees } = await tried();

    expect(grantees.join(), 'The grant is for the helper: its ARN is the grantee.').toBe(arnOf('helper'));
  });

  testAccess({ role: 'helper', todo: 4, todos: [4, 5], operation: 'Decrypt', tried });

  test('can do nothing after its work', about(5, [4, 5]), async () => {
    const { after } = await tried();

    expect(
      after ? 'allowed' : 'refused',
      'The work is over, and the grant is still there: take it back.',
    ).toBe('refused');
  });

  test('can do nothing after work that failed', about(5, [4, 5]), async () => {
    await withPrincipals(keyIds, { helper: nothing }, async (as) => {
      const { kms } = as('owner');
      const accident = new Error('the work failed');
      const error = await lendTo(kms, loan, () => Promise.reject(accident)).catch((e: Error) => e);

      if (error !== accident) throw error;
      expect(
        (await granteesOf(kms)).join() || 'no grant',
        'The work failed, and its grant is still there: take it back then, too.',
      ).toBe('no grant');
    });
  });
});

test('encrypts or not, as you predicted', about(1, [2, 3, 4, 5]), async () => {
  const policies = {
    writer: writerPolicy(keyArn, tenant),
    reader: readerPolicy(keyArn, tenant),
    helper: nothing,
  };
  const outcomes = await withPrincipals(keyIds, policies, async (as) => {
    const { kms } = as('owner');
    await lendTo(kms, { keyArn, tenant, helperArn: arnOf('helper') }, async () => {});
    const [warm, cold] = [cachingManager(as('writer').kms), cachingManager(as('writer').kms)];
    await encryptWith(warm);
    await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, Policy: denyingWriter }));
    return { warm: await encryptWith(warm), cold: await encryptWith(cold) };
  });

  expect(predictNextMessage(), 'You predicted a different result.').toBe(outcomes.warm);
  // No wrong answer fails here: it shows that the writer has lost its permission.
  expect(outcomes.cold, 'An empty cache has to ask KMS, which refuses.').toBe('refused');
});

interface Expected {
  role: string;
  todo: number;
  todos?: number[];
  operation: Operation;
  tried: () => Promise<{ allowed: string[] }>;
}

/** Tests that a principal may call one operation with one key for one tenant, and nothing else. */
function testAccess({ role, todo, todos, operation, tried }: Expected): void {
  const verdict = async (context: Attempt['context']) => {
    const { allowed } = await tried();
    return allowed.includes(nameOf({ operation, context, key: keyArn })) ? 'allowed' : 'refused';
  };

  test('can call no other operation', about(todo, todos), async () => {
    const others = (await tried()).allowed.filter((name) => !name.startsWith(`${operation} `));
    expect(
      others[0]?.split(' ')[0] ?? 'nothing else',
      `The ${role} needs ${operation}, and nothing else.`,
    ).toBe('nothing else');
  });

  test(`may call ${operation} for its tenant`, about(todo, todos), async () => {
    expect(
      await verdict('the tenant'),
      `The ${role} has to be allowed ${operation} for its tenant: check the name of the pair, and take its value from the parameter.`,
    ).toBe('allowed');
  });

  test('may have more pairs in the context', about(todo, todos), async () => {
    expect(
      await verdict('the tenant and a document'),
      `The ${role} may have more pairs in the context, and the SDK adds one when it signs: ask for the pair "tenant" only.`,
    ).toBe('allowed');
  });

  test('can do nothing for another tenant', about(todo, todos), async () => {
    expect(
      await verdict('another tenant'),
      `The ${role} was let in for another tenant: the value of the pair "tenant" has to be this tenant.`,
    ).toBe('refused');
    const similar = [
      await verdict('a tenant with a longer name'),
      await verdict('a tenant in small letters'),
    ];
    expect(
      similar.includes('allowed') ? 'allowed' : 'refused',
      `The ${role} was let in for a tenant with a similar name: compare the whole value, letter by letter.`,
    ).toBe('refused');
  });

  test('can do nothing without the tenant', about(todo, todos), async () => {
    const without = [await verdict('no tenant'), await verdict('the tenant as a customer')];
    expect(
      without.includes('allowed') ? 'allowed' : 'refused',
      `The ${role} was let in without the pair "tenant": the condition has to fail when the pair is missing.`,
    ).toBe('refused');
  });

  test('can use no other key', about(todo, todos), async () => {
    const { allowed } = await tried();
    const hasOther = allowed.some((name) => name.endsWith(otherKeyArn));
    expect(hasOther ? 'another key' : 'this key', `The ${role} needs one key: name it by its ARN.`).toBe(
      'this key',
    );
  });
}

/** Tries all calls. Returns the names of those that were allowed. */
async function tryAll(as: As, name: string, grantToken?: string): Promise<string[]> {
  const allowed: string[] = [];
  for (const attempt of attempts) {
    if (await tryOne(as, name, attempt, grantToken)) allowed.push(nameOf(attempt));
  }
  return allowed;
}

function tryOne(
  as: As,
  name: string,
  { operation, context, key }: Attempt,
  grantToken?: string,
): Promise<boolean> {
  const call = { operation, keyArn: key, encryptionContext: contexts[context] };
  return isAllowed(as(name).kms, as('owner').kms, call, grantToken);
}

function nameOf({ operation, context, key }: Attempt): string {
  return `${operation} for ${context} with ${key}`;
}

async function granteesOf(kms: KMS): Promise<(string | undefined)[]> {
  const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: keyArn }));
  return Grants.map(({ GranteePrincipal }) => GranteePrincipal);
}

function cachingManager(kms: KMS): NodeCachingMaterialsManager {
  return new NodeCachingMaterialsManager({
    backingMaterials: new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: () => kms }),
    cache: getLocalCryptographicMaterialsCache(10),
    maxAge: 300 * 1000,
  });
}

function encryptWith(manager: NodeCachingMaterialsManager): Promise<'encrypted' | 'refused'> {
  const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  return encrypt(manager, 'a text', { encryptionContext: { tenant } }).then(
    () => 'encrypted' as const,
    () => 'refused' as const,
  );
}
