import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decision, decide } from './decision.ts';
import { type AccessRequest, identityPolicy, resourcePolicy } from './policy.ts';
import { readPolicy, type StatementInput } from './policy-document.ts';
import { newRole, newRoleSession, newUser, type Relation } from './principal.ts';

/*
 * Properties of every decision under any policies. The names are few, so that policies and requests often match.
 */

const account = '111122223333';
const role = newRole(account, 'app');
const principals = [
  newUser(account, 'alice'),
  newUser(account, 'bob'),
  newRoleSession(account, role, 'job', 0),
];
const keyArn = (id: string) => `arn:aws:kms:us-east-1:${account}:key/${id}`;

const actions = ['kms:Encrypt', 'kms:Decrypt', 'kms:ListKeys'];
const actionPattern = fc.constantFrom(...actions, 'kms:*', '*', 'kms:*crypt', 'KMS:DECRYPT', 's3:*');
const resourcePattern = fc.constantFrom(
  '*',
  keyArn('1'),
  keyArn('2'),
  keyArn('*'),
  `arn:aws:kms:*:*:alias/*`,
);
const someOf = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { minLength: 1, maxLength: 3 });

const condition = fc.record({
  operator: fc.constantFrom(
    'StringEquals',
    'StringNotEquals',
    'StringLikeIfExists',
    'ForAnyValue:StringEquals',
    'ForAllValues:StringLike',
  ),
  key: fc.constantFrom('k', 'l'),
  values: someOf(fc.constantFrom('a', 'b', '*')),
});
const conditions = fc
  .array(condition, { maxLength: 2 })
  .map((list) => Object.fromEntries(list.map(({ operator, key, values }) => [operator, { [key]: values }])));

const named = someOf(
  fc.constantFrom('*', account, '444455556666', ...principals.map(({ arn }) => arn), role.arn),
);

const effect = fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny');

/** A statement that gives its actions, resources and principals, or what they are not. */
function statement(withPrincipal: boolean): fc.Arbitrary<StatementInput> {
  const parts = fc.record({
    Effect: effect,
    actions: someOf(actionPattern),
    resources: someOf(resourcePattern),
    names: named,
    Condition: conditions,
    inverted: fc.array(fc.constantFrom('Action', 'Resource', 'Principal'), { maxLength: 1 }),
  });
  return parts.map(({ Effect, actions: Action, resources: Resource, names, Condition, inverted }) => ({
    Effect,
    Condition,
    ...(inverted.includes('Action') ? { NotAction: Action } : { Action }),
    ...(inverted.includes('Resource') ? { NotResource: Resource } : { Resource }),
    ...(!withPrincipal
      ? {}
      : inverted.includes('Principal')
        ? { NotPrincipal: { AWS: names } }
        : { Principal: { AWS: names } }),
  }));
}

const values = fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }), {
  nil: undefined,
});

const request: fc.Arbitrary<AccessRequest> = fc
  .record({
    principal: fc.constantFrom(...principals),
    action: fc.constantFrom(...actions).map((action) => action.toLowerCase()),
    resourceArn: fc.constantFrom(keyArn('1'), keyArn('2'), undefined),
    k: values,
    l: values,
  })
  .map(({ k, l, ...rest }) => ({ ...rest, read: (key) => ({ k, l })[key] }));

interface World {
  request: AccessRequest;
  identity: readonly StatementInput[];
  key: readonly StatementInput[] | undefined;
  grants: Relation;
}

const world: fc.Arbitrary<World> = fc.record({
  request,
  identity: fc.array(statement(false), { maxLength: 4 }),
  key: fc.option(fc.array(statement(true), { minLength: 1, maxLength: 4 }), { nil: undefined }),
  grants: fc.constantFrom<Relation>('caller', 'account', 'none'),
});

const decisionOf = ({ request: asked, identity, key, grants }: World): Decision =>
  decide({
    request: asked,
    identityPolicies: identity.map((Statement) => identityPolicy({ Version: '2012-10-17', Statement })),
    resourcePolicy: key && resourcePolicy(readPolicy({ Version: '2012-10-17', Statement: key })),
    entitlement: () => grants,
  });

const runs = { numRuns: 300, seed: 20_121_017 };
const everything = { Action: '*', Resource: '*' } as const;

describe('under any policies and grants', { timeout: 60_000 }, () => {
  test('an explicit deny of everything in a policy of the user wins', () => {
    fc.assert(
      fc.property(world, (given) => {
        const identity = [...given.identity, { Effect: 'Deny', ...everything } as const];
        expect(decisionOf({ ...given, identity })).toEqual({
          allowed: false,
          denial: 'denied-by-identity-policy',
        });
      }),
      runs,
    );
  });

  test('an explicit deny to everybody in the key policy wins', () => {
    fc.assert(
      fc.property(world, (given) => {
        const key = [...(given.key ?? []), { Effect: 'Deny', Principal: '*', ...everything } as const];
        expect(decisionOf({ ...given, key })).toMatchObject({ allowed: false });
      }),
      runs,
    );
  });

  test('one more Deny never turns denied into allowed', () => {
    fc.assert(
      fc.property(world, statement(false), statement(true), (given, ofUser, ofKey) => {
        fc.pre(!decisionOf(given).allowed);
        const identity = [...given.identity, { ...ofUser, Effect: 'Deny' } as const];
        const key = given.key && [...given.key, { ...ofKey, Effect: 'Deny' } as const];
        expect(decisionOf({ ...given, identity }).allowed).toBe(false);
        expect(decisionOf({ ...given, key }).allowed).toBe(false);
      }),
      runs,
    );
  });

  test('one more Allow never turns allowed into denied', () => {
    fc.assert(
      fc.property(world, statement(false), statement(true), (given, ofUser, ofKey) => {
        fc.pre(decisionOf(given).allowed);
        const identity = [...given.identity, { ...ofUser, Effect: 'Allow' } as const];
        const key = given.key && [...given.key, { ...ofKey, Effect: 'Allow' } as const];
        expect(decisionOf({ ...given, identity }).allowed).toBe(true);
        expect(decisionOf({ ...given, key }).allowed).toBe(true);
      }),
      runs,
    );
  });

  test('a grant never turns allowed into denied', () => {
    fc.assert(
      fc.property(world, (given) => {
        fc.pre(decisionOf({ ...given, grants: 'none' }).allowed);
        expect(decisionOf(given).allowed).toBe(true);
      }),
      runs,
    );
  });

  test('without a policy or a grant that allows, nothing is allowed', () => {
    fc.assert(
      fc.property(world, (given) => {
        const denying = (statements: readonly StatementInput[]) =>
          statements.filter(({ Effect }) => Effect === 'Deny');
        const key = given.key && denying(given.key);
        fc.pre(key === undefined || key.length > 0);
        expect(decisionOf({ ...given, identity: denying(given.identity), key, grants: 'none' }).allowed).toBe(
          false,
        );
      }),
      runs,
    );
  });

  test('the policies of a user count for nothing where the key policy does not name the account', () => {
    fc.assert(
      fc.property(world, statement(true), (given, ofKey) => {
        const key = [
          { ...ofKey, Principal: { AWS: 'arn:aws:iam::444455556666:root' }, NotPrincipal: undefined },
        ];
        const identity = [...given.identity, { Effect: 'Allow', ...everything } as const];
        expect(decisionOf({ ...given, identity, key, grants: 'none' }).allowed).toBe(false);
      }),
      runs,
    );
  });

  test('the order of statements and policies makes no difference', () => {
    fc.assert(
      fc.property(world, (given) => {
        const reversed = {
          ...given,
          identity: given.identity.toReversed(),
          key: given.key?.toReversed(),
        };
        expect(decisionOf(reversed)).toEqual(decisionOf(given));
      }),
      runs,
    );
  });
});
