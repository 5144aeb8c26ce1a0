import { describe, expect, test } from 'vitest';
import { type Decision, decide } from './decision.ts';
import { identityPolicy, resourcePolicy } from './policy.ts';
import { type PolicyDocumentInput, readPolicy, type StatementInput } from './policy-document.ts';
import { newRole, newRoleSession, newUser, type Principal, type Relation } from './principal.ts';

const account = '111122223333';
const keyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const alice = newUser(account, 'alice');
const bob = newUser(account, 'bob');
const app = newRoleSession(account, newRole(account, 'app'), 'job-1', 0);

const allow = (more: Partial<StatementInput> = {}): StatementInput => ({
  Effect: 'Allow',
  Action: 'kms:*',
  Resource: '*',
  ...more,
});
const deny = (more: Partial<StatementInput> = {}): StatementInput => ({ ...allow(more), Effect: 'Deny' });
const to = (...names: string[]) => ({ Principal: { AWS: names } });
const root = to(`arn:aws:iam::${account}:root`);

interface Question {
  principal?: Principal;
  action?: string;
  resourceArn?: string | undefined;
  identity?: StatementInput[];
  /** Undefined if the resource is of a kind without a policy. */
  key?: StatementInput[] | undefined;
  grants?: Relation;
  context?: Readonly<Record<string, string>>;
}

const documentOf = (Statement: StatementInput[]): PolicyDocumentInput => ({
  Version: '2012-10-17',
  Statement,
});

function decisionOn(question: Question): string {
  const {
    principal = alice,
    action = 'kms:Encrypt',
    identity = [],
    grants = 'none',
    context = {},
  } = question;
  const decision: Decision = decide({
    request: {
      principal,
      action: action.toLowerCase(),
      resourceArn: 'resourceArn' in question ? question.resourceArn : keyArn,
      read: (key) => (context[key] === undefined ? undefined : [context[key]]),
    },
    identityPolicies: identity.length > 0 ? [identityPolicy(documentOf(identity))] : [],
    resourcePolicy: question.key && resourcePolicy(readPolicy(documentOf(question.key))),
    entitlement: () => grants,
  });
  return decision.allowed ? 'allowed' : decision.denial;
}

const noIdentity = 'not-allowed-by-identity-policy';
const noResource = 'not-allowed-by-resource-policy';

describe('a key and its policy', () => {
  test.each<[string, Question, string]>([
    ['delegates, and no policy of the user allows', { key: [allow(root)] }, noIdentity],
    ['delegates, and a policy of the user allows', { key: [allow(root)], identity: [allow()] }, 'allowed'],
    ['delegates by the account number', { key: [allow(to(account))], identity: [allow()] }, 'allowed'],
    [
      'delegates something else',
      { key: [allow({ ...root, Action: 'kms:Decrypt' })], identity: [allow()] },
      noResource,
    ],
    ['delegates to another account', { key: [allow(to('444455556666'))], identity: [allow()] }, noResource],
    ['names another user', { key: [allow(to(bob.arn))], identity: [allow()] }, noResource],
    ['names the user', { key: [allow(to(alice.arn))] }, 'allowed'],
    ['names everybody', { key: [allow({ Principal: '*' })] }, 'allowed'],
    ['names everybody in a list', { key: [allow(to('*'))] }, 'allowed'],
    ['names a service', { key: [allow({ Principal: { Service: 'ec2.amazonaws.com' } })] }, noResource],
    ['names the role of the session', { principal: app, key: [allow(to(app.role.arn))] }, 'allowed'],
    ['names the session', { principal: app, key: [allow(to(app.arn))] }, 'allowed'],
    ['names another session', { principal: app, key: [allow(to(`${app.arn}0`))] }, noResource],
    [
      'has a statement without a resource',
      { key: [{ Effect: 'Allow', Action: '*', ...to(alice.arn) }] },
      noResource,
    ],
    [
      'has a statement without an action',
      { key: [{ Effect: 'Allow', Resource: '*', ...to(alice.arn) }] },
      noResource,
    ],
    [
      'allows the user what the user is denied',
      { key: [allow(to(alice.arn))], identity: [deny()] },
      'denied-by-identity-policy',
    ],
    [
      'denies the user what it allows',
      { key: [allow(to(alice.arn)), deny(to(alice.arn))] },
      'denied-by-resource-policy',
    ],
    [
      'denies the account',
      { key: [allow(to(alice.arn)), deny(root)], identity: [allow()] },
      'denied-by-resource-policy',
    ],
    ['denies another user', { key: [allow(root), deny(to(bob.arn))], identity: [allow()] }, 'allowed'],
    ['denies both ways', { key: [deny(root)], identity: [deny()] }, 'denied-by-identity-policy'],
  ])('%s', (_what, question, expected) => {
    expect(decisionOn(question)).toBe(expected);
  });
});

describe('NotPrincipal', () => {
  const all = (Effect: 'Allow' | 'Deny', ...names: string[]): StatementInput => ({
    Effect,
    Action: 'kms:*',
    Resource: '*',
    NotPrincipal: { AWS: names },
  });
  const rootArn = `arn:aws:iam::${account}:root`;

  test.each<[string, Question, string]>([
    [
      'exempts from a Deny a user whom it names together with the account',
      { key: [allow(root), all('Deny', alice.arn, rootArn)], identity: [allow()] },
      'allowed',
    ],
    [
      'denies the account of a user who is named alone, and so the user',
      { key: [allow(root), all('Deny', alice.arn)], identity: [allow()] },
      'denied-by-resource-policy',
    ],
    [
      'denies everybody else in the account that it names',
      { principal: bob, key: [allow(root), all('Deny', alice.arn, rootArn)], identity: [allow()] },
      'denied-by-resource-policy',
    ],
    [
      'exempts from a Deny a session whose role and account it names too',
      {
        principal: app,
        key: [allow(root), all('Deny', app.arn, app.role.arn, rootArn)],
        identity: [allow()],
      },
      'allowed',
    ],
    ['allows everybody whom it does not name', { key: [all('Allow', bob.arn)] }, 'allowed'],
    ['does not allow whom it names', { key: [all('Allow', alice.arn)], identity: [allow()] }, noResource],
    [
      'does not allow whose account it names',
      { key: [all('Allow', rootArn)], identity: [allow()] },
      noResource,
    ],
  ])('%s', (_what, question, expected) => {
    expect(decisionOn(question)).toBe(expected);
  });
});

describe('grants', () => {
  const key = [allow(root)];

  test.each<[string, Question, string]>([
    ['allow the grantee', { key, grants: 'caller' }, 'allowed'],
    ['allow the grantee also without delegation', { key: [allow(to(bob.arn))], grants: 'caller' }, 'allowed'],
    [
      'to the account allow whom the account allows',
      { key: [allow(to(bob.arn))], grants: 'account', identity: [allow()] },
      'allowed',
    ],
    ['to the account allow nobody else', { key, grants: 'account' }, noIdentity],
    [
      'lose against a Deny of the user',
      { key, grants: 'caller', identity: [deny()] },
      'denied-by-identity-policy',
    ],
    ['lose against a Deny of the key', { key: [deny(root)], grants: 'caller' }, 'denied-by-resource-policy'],
  ])('%s', (_what, question, expected) => {
    expect(decisionOn(question)).toBe(expected);
  });
});

describe('the policies of a user', () => {
  const alias = `arn:aws:kms:us-east-1:${account}:alias/app`;
  const toAct = (more: Partial<StatementInput>): Question => ({ key: undefined, identity: [allow(more)] });

  test.each<[string, Question, string]>([
    ['decide alone where the resource has none', { key: undefined, identity: [allow()] }, 'allowed'],
    ['allow nothing if there are none', { key: undefined }, noIdentity],
    ['take actions in any case', toAct({ Action: 'KMS:encrypt' }), 'allowed'],
    ['take actions by wildcard', toAct({ Action: ['kms:Dec*', 'kms:Enc????'] }), 'allowed'],
    ['leave other actions alone', toAct({ Action: 'kms:Decrypt' }), noIdentity],
    ['take all actions but some', toAct({ Action: undefined, NotAction: 'kms:Decrypt' }), 'allowed'],
    ['leave those some alone', toAct({ Action: undefined, NotAction: 'kms:En*' }), noIdentity],
    ['take resources by ARN', toAct({ Resource: keyArn }), 'allowed'],
    ['take resources by wildcard', toAct({ Resource: `arn:aws:kms:*:${account}:key/*` }), 'allowed'],
    ['leave other resources alone', toAct({ Resource: alias }), noIdentity],
    ['take resources case by case', toAct({ Resource: keyArn.toUpperCase() }), noIdentity],
    ['take all resources but some', toAct({ Resource: undefined, NotResource: alias }), 'allowed'],
    ['leave those resources alone', toAct({ Resource: undefined, NotResource: '*' }), noIdentity],
    ['complete an ARN', toAct({ Resource: 'arn:aws:kms' }), 'allowed'],
    [
      'allow an action without a resource on * only',
      {
        ...toAct({ Resource: `arn:aws:kms:*:${account}:key/*` }),
        action: 'kms:ListKeys',
        resourceArn: undefined,
      },
      noIdentity,
    ],
    [
      'allow an action without a resource on *',
      { ...toAct({}), action: 'kms:ListKeys', resourceArn: undefined },
      'allowed',
    ],
    [
      'fill in variables in a resource',
      {
        ...toAct({ Resource: `arn:aws:kms:*:*:alias/\${aws:username}-*` }),
        resourceArn: `${alias.slice(0, -3)}alice-1`,
        context: { 'aws:username': 'alice' },
      },
      'allowed',
    ],
    ['match no resource with an unknown variable', toAct({ Resource: [`\${aws:unknown}`] }), noIdentity],
    [
      'except no resource with an unknown variable',
      toAct({ Resource: undefined, NotResource: [`\${aws:unknown}`] }),
      noIdentity,
    ],
    [
      'ask for all of several conditions',
      {
        ...toAct({ Condition: { StringEquals: { a: '1', b: '2' }, Bool: { c: true } } }),
        context: { a: '1', b: '2', c: 'true' },
      },
      'allowed',
    ],
    [
      'are not content with some of them',
      {
        ...toAct({ Condition: { StringEquals: { a: '1', b: '2' }, Bool: { c: true } } }),
        context: { a: '1', b: '3', c: 'true' },
      },
      noIdentity,
    ],
  ])('%s', (_what, question, expected) => {
    expect(decisionOn(question)).toBe(expected);
  });
});
