import { randomBytes } from 'node:crypto';
import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  GenerateDataKeyCommand,
  type GrantListEntry,
  paginateListGrants,
  paginateListRetirableGrants,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from 'vitest';
import { key, kms, newKey, sts } from './clients.ts';
import { eventually } from './eventually.ts';
import { refusal, refusalOf } from './refusal.ts';
import type { SuiteKey } from './suite-key.ts';

const [, partition, , , account] = key.arn.split(':');
const root = `arn:${partition}:iam::${account}:root`;
const dryRun = refusal(
  'DryRunOperationException',
  'The request would have succeeded, but the DryRun option is set.',
);

let granted: SuiteKey;
let caller: string;
beforeAll(async () => {
  granted = await newKey('granted');
  ({ Arn: caller = '' } = await sts.send(new GetCallerIdentityCommand()));
});

const grant = (input: Partial<CreateGrantCommandInput> = {}) =>
  kms.send(
    new CreateGrantCommand({
      KeyId: granted.id,
      GranteePrincipal: caller,
      Operations: ['Decrypt'],
      ...input,
    }),
  );

async function grants(filter: object = {}, pageSize = 50): Promise<GrantListEntry[]> {
  const found: GrantListEntry[] = [];
  for await (const page of paginateListGrants({ client: kms, pageSize }, { KeyId: granted.id, ...filter })) {
    expect(page.Grants?.length).toBeLessThanOrEqual(pageSize);
    found.push(...(page.Grants ?? []));
  }
  return found;
}
const grantIds = async (filter: object = {}, pageSize = 50) =>
  (await grants(filter, pageSize)).map(({ GrantId }) => GrantId);

const expectListed = (grantId: string | undefined) =>
  eventually(async () => expect(await grantIds()).toContain(grantId));
const expectGone = (grantId: string | undefined) =>
  eventually(async () => expect(await grantIds()).not.toContain(grantId));

// API reference, CreateGrant and ListGrants (GrantListEntry)
test('a grant is created and listed with all its terms', async () => {
  const Constraints = { EncryptionContextSubset: { tenant: 'a' } };
  const { GrantId, GrantToken } = await grant({
    RetiringPrincipal: caller,
    Operations: ['Encrypt', 'Decrypt'],
    Constraints,
    Name: 'conformance',
  });
  expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
  expect(GrantToken).toMatch(/./);
  await eventually(async () => {
    const [listed] = await grants({ GrantId });
    expect(listed).toMatchObject({
      KeyId: granted.arn,
      GrantId,
      Name: 'conformance',
      CreationDate: expect.any(Date),
      IssuingAccount: root,
      Constraints,
    });
    expect([...(listed?.Operations ?? [])].sort()).toEqual(['Decrypt', 'Encrypt']);
    expect(listed?.GranteePrincipal).toBe(caller);
    expect(listed?.RetiringPrincipal).toBe(caller);
  });
});

// API reference, ListGrants: Limit, Truncated and NextMarker; the filters by grant and by grantee
test('grants are listed page by page, and filtered by their terms', async () => {
  const { GrantId: first } = await grant({ GranteePrincipal: root });
  const { GrantId: second } = await grant({ GranteePrincipal: root, Operations: ['Encrypt'] });
  await eventually(async () => {
    const paged = await grantIds({}, 1);
    expect(paged).toEqual(expect.arrayContaining([first, second]));
    expect(new Set(paged).size).toBe(paged.length);
    expect(await grantIds({ GrantId: first })).toEqual([first]);
    expect((await grantIds({ GranteePrincipal: root })).sort()).toEqual([first, second].sort());
  });
});

// API reference, CreateGrant, Name: the same request with the same name gives the grant that is there
test('the same grant of the same name is created once', async () => {
  const same = { Name: 'once' };
  const first = await grant(same);
  const again = await eventually(async () => {
    const second = await grant(same);
    expect(second.GrantId).toBe(first.GrantId);
    return second;
  });
  const other = await grant({ ...same, Operations: ['Decrypt', 'Encrypt'] });
  expect(other.GrantId).not.toBe(again.GrantId);
});

// developer guide, using-grant-token.html
test('a grant token can be used at once, and an invalid one is refused', async () => {
  const { GrantToken = '' } = await grant({ Operations: ['GenerateDataKey'] });
  const generate = (...GrantTokens: string[]) =>
    kms.send(new GenerateDataKeyCommand({ KeyId: granted.id, KeySpec: 'AES_256', GrantTokens }));
  expect((await generate(GrantToken)).KeyId).toBe(granted.arn);
  expect(await refusalOf(generate('no-token'))).toMatchObject({
    name: 'InvalidGrantTokenException',
    status: 400,
  });
});

// recorded (test_revoke_grant)
test('RevokeGrant removes the grant of a key', async () => {
  const { GrantId } = await grant();
  const revoke = (more: object = {}) =>
    kms.send(new RevokeGrantCommand({ KeyId: granted.id, GrantId, ...more }));
  await eventually(async () => expect(await refusalOf(revoke({ DryRun: true }))).toEqual(dryRun));
  await eventually(async () => expect(await grantIds({ GrantId })).toEqual([GrantId]));
  await expectListed(GrantId);
  await revoke();
  await expectGone(GrantId);
});

describe('RetireGrant', () => {
  // recorded (test_retire_grant_with_grant_token); API reference, RetireGrant and ListRetirableGrants
  test('removes a grant by its token', async () => {
    const { GrantId, GrantToken } = await grant({ RetiringPrincipal: caller });
    await expectListed(GrantId);
    await eventually(async () => expect(await retirable(GrantId)).toMatchObject({ KeyId: granted.arn }));
    expect(await refusalOf(kms.send(new RetireGrantCommand({ GrantToken, DryRun: true })))).toEqual(dryRun);
    await kms.send(new RetireGrantCommand({ GrantToken }));
    await expectGone(GrantId);
    await eventually(async () => expect(await retirable(GrantId)).toBeUndefined());
  });

  // API reference, RetireGrant: the key by its ARN
  test('removes a grant by its id and the ARN of the key', async () => {
    const { GrantId } = await grant({ RetiringPrincipal: caller });
    await expectListed(GrantId);
    await eventually(() => kms.send(new RetireGrantCommand({ KeyId: granted.arn, GrantId })));
    await expectGone(GrantId);
  });

  async function retirable(grantId: string | undefined): Promise<GrantListEntry | undefined> {
    const mostPages = 50;
    let pages = 0;
    const request = { RetiringPrincipal: caller };
    for await (const { Grants = [] } of paginateListRetirableGrants(
      { client: kms, pageSize: 100 },
      request,
    )) {
      const found = Grants.find(({ GrantId }) => GrantId === grantId);
      if (found || ++pages === mostPages) return found;
    }
    return undefined;
  }
});

describe('CreateGrant refuses', () => {
  // API reference, CreateGrant: DryRun; its text is recorded (test_generate_data_key_pair_dry_run)
  test('a dry run, which would succeed', async () => {
    const names = async () => (await grants()).map(({ Name }) => Name);
    expect(await refusalOf(grant({ DryRun: true, Name: 'dry' }))).toEqual(dryRun);
    await grant({ Name: 'after-the-dry-run' });
    await eventually(async () => expect(await names()).toContain('after-the-dry-run'));
    expect(await names()).not.toContain('dry');
  });

  // The name is that of AWS's answer as it is quoted in public reports.
  test('a grantee who does not exist', async () => {
    const nobody = `${root.replace(/root$/, 'user')}/nobody-${randomBytes(8).toString('hex')}`;
    expect(await refusalOf(grant({ GranteePrincipal: nobody }))).toMatchObject({
      name: 'InvalidArnException',
      status: 400,
    });
  });

  // developer guide, grants.html#terms-grant-operations: an operation that the key doesn't support
  test('an operation that is not for symmetric keys', async () => {
    const { name, status } = await refusalOf(grant({ Operations: ['Sign'] }));
    expect(name).toMatch(/^Validation/);
    expect(status).toBe(400);
  });

  // reported (hashicorp/terraform-provider-aws, resource aws_kms_grant)
  test('two constraints on the encryption context', async () => {
    const pairs = { purpose: 'test' };
    const Constraints = { EncryptionContextSubset: pairs, EncryptionContextEquals: pairs };
    expect(await refusalOf(grant({ Constraints }))).toEqual(
      refusal('ValidationException', 'More than one constraint supplied'),
    );
  });

  // model: GrantOperation
  test('an unknown operation', async () => {
    const { name, status } = await refusalOf(grant({ Operations: ['Guess' as 'Decrypt'] }));
    expect({ name, status }).toEqual({ name: 'ValidationException', status: 400 });
  });
});

// API reference, RevokeGrant: the errors that it declares
test("a grant that does not exist can't be revoked", async () => {
  const GrantId = randomBytes(32).toString('hex');
  const { name, status } = await refusalOf(kms.send(new RevokeGrantCommand({ KeyId: granted.id, GrantId })));
  expect(['NotFoundException', 'InvalidGrantIdException']).toContain(name);
  expect(status).toBe(400);
});
