import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  EncryptCommand,
  type KMSClient,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  paginateListGrants,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../testing/local-aws-under-test.ts';
import { allowing, denying, rootArn, startShared, userArn } from '../../testing/principals-under-test.ts';

const refused = { name: 'AccessDeniedException' };
const dryRunSucceeded = { name: 'DryRunOperationException' };
const alice = userArn('alice');
const bob = userArn('bob');

const nobody = (...names: string[]) => names.map((userName) => ({ userName, policies: [] }));

const grant = (kms: KMSClient, KeyId: string, input: Partial<CreateGrantCommandInput> = {}) =>
  kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: alice, Operations: ['Encrypt'], ...input }));

const encrypt = (kms: KMSClient, KeyId: string, GrantTokens: string[] = []) =>
  kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), GrantTokens }));

describe('retiring a grant', () => {
  const retire = (kms: KMSClient, GrantToken: string | undefined, DryRun = false) =>
    kms.send(new RetireGrantCommand({ GrantToken, DryRun }));

  test('is allowed to its retiring principal, by a token or by its id', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice', 'bob'));
    const { id, arn } = await newKey();
    const first = await grant(kms, id, { RetiringPrincipal: bob });
    await encrypt(as('alice').kms, id);
    expect(await errorOf(retire(as('alice').kms, first.GrantToken))).toMatchObject({
      ...refused,
      message: `User: ${alice} is not authorized to perform: kms:RetireGrant on resource: ${arn} because no identity-based policy allows the kms:RetireGrant action`,
    });
    await retire(as('bob').kms, first.GrantToken);
    expect(await errorOf(encrypt(as('alice').kms, id))).toMatchObject(refused);
    expect(await errorOf(retire(as('bob').kms, first.GrantToken))).toMatchObject({
      name: 'NotFoundException',
    });

    const second = await grant(kms, id, { RetiringPrincipal: bob });
    const grants = async () => (await kms.send(new ListGrantsCommand({ KeyId: id }))).Grants;
    expect(await grants()).toMatchObject([{ GrantId: second.GrantId }]);
    await as('bob').kms.send(new RetireGrantCommand({ KeyId: arn, GrantId: second.GrantId }));
    expect(await grants()).toEqual([]);
  });

  test('is allowed to the grantee, if the grant says so', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice', 'bob'));
    const { id } = await newKey();
    const { GrantToken } = await grant(kms, id, { Operations: ['Encrypt', 'RetireGrant'] });
    expect(await errorOf(retire(as('bob').kms, GrantToken))).toMatchObject(refused);
    await retire(as('alice').kms, GrantToken);
  });

  test('is allowed to principals with the permission', async () => {
    const { as, kms, newKey } = await startShared([
      ...nobody('alice'),
      { userName: 'bob', policies: [allowing('kms:RetireGrant')] },
      { userName: 'denied', policies: [denying('kms:RetireGrant')] },
    ]);
    const { id } = await newKey();
    const { GrantToken } = await grant(kms, id, { RetiringPrincipal: userArn('denied') });
    expect((await errorOf(retire(as('denied').kms, GrantToken))).message).toContain('with an explicit deny');
    await retire(as('bob').kms, GrantToken);
  });

  test('as a dry run leaves the grant', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice', 'bob'));
    const { id } = await newKey();
    const { GrantToken } = await grant(kms, id, { RetiringPrincipal: bob });
    expect(await errorOf(retire(as('bob').kms, GrantToken, true))).toMatchObject(dryRunSucceeded);
    expect(await errorOf(retire(as('alice').kms, GrantToken, true))).toMatchObject(refused);
    await encrypt(as('alice').kms, id);
  });
});

describe('revoking a grant', () => {
  test('needs the permission, whatever the grant says', async () => {
    const { as, kms, newKey } = await startShared([
      ...nobody('alice'),
      { userName: 'bob', policies: [allowing('kms:RevokeGrant')] },
    ]);
    const { id } = await newKey();
    const { GrantId } = await grant(kms, id, { RetiringPrincipal: alice });
    const revoke = (client: KMSClient, DryRun = false) =>
      client.send(new RevokeGrantCommand({ KeyId: id, GrantId, DryRun }));
    expect(await errorOf(revoke(as('alice').kms))).toMatchObject(refused);
    expect(await errorOf(revoke(as('bob').kms, true))).toMatchObject(dryRunSucceeded);
    await encrypt(as('alice').kms, id);
    await revoke(as('bob').kms);
    expect(await errorOf(encrypt(as('alice').kms, id))).toMatchObject(refused);
  });
});

describe('lists', () => {
  test('show a grant as AWS does', async () => {
    const { kms, newKey, clock } = await startShared(nobody('alice', 'bob'));
    const { id, arn } = await newKey();
    const Constraints = { EncryptionContextEquals: { a: '1' } };
    const { GrantId } = await grant(kms, id, {
      Operations: ['Encrypt', 'Decrypt'],
      RetiringPrincipal: bob,
      Constraints,
    });
    expect((await kms.send(new ListGrantsCommand({ KeyId: id }))).Grants).toEqual([
      {
        KeyId: arn,
        GrantId,
        Name: '',
        CreationDate: new Date(clock.now()),
        GranteePrincipal: alice,
        RetiringPrincipal: bob,
        IssuingAccount: rootArn,
        Operations: ['Decrypt', 'Encrypt'],
        Constraints,
      },
    ]);
  });

  test('are by key, and by grant, by grantee or by retiring principal', async () => {
    const { kms, newKey } = await startShared(nobody('alice', 'bob'));
    const [key, other] = [await newKey(), await newKey()];
    const toAlice = await grant(kms, key.id, { RetiringPrincipal: bob });
    const toBob = await grant(kms, key.id, { GranteePrincipal: bob });
    const elsewhere = await grant(kms, other.id, { RetiringPrincipal: bob });
    const idsOf = ({ Grants = [] }: { Grants?: { GrantId?: string }[] }) =>
      Grants.map((one) => one.GrantId).sort();
    const list = async (input: object) =>
      idsOf(await kms.send(new ListGrantsCommand({ KeyId: key.id, ...input })));

    expect(await list({})).toEqual([toAlice.GrantId, toBob.GrantId].sort());
    expect(await list({ GranteePrincipal: bob })).toEqual([toBob.GrantId]);
    expect(await list({ GrantId: toAlice.GrantId })).toEqual([toAlice.GrantId]);
    const retirable = await kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal: bob }));
    expect(idsOf(retirable)).toEqual([toAlice.GrantId, elsewhere.GrantId].sort());
  });

  test('come in pages', async () => {
    const { kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    for (let count = 0; count < 5; count++) await grant(kms, id);
    const sizes: number[] = [];
    const ids = new Set<string | undefined>();
    for await (const { Grants = [] } of paginateListGrants({ client: kms, pageSize: 2 }, { KeyId: id })) {
      sizes.push(Grants.length);
      for (const one of Grants) ids.add(one.GrantId);
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(ids.size).toBe(5);
  });

  test('of retirable grants ask for a permission on the retiring principal', async () => {
    const { as } = await startShared([
      ...nobody('bob'),
      { userName: 'alice', policies: [allowing('kms:ListRetirableGrants', alice)] },
    ]);
    const list = (RetiringPrincipal: string) =>
      as('alice').kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal }));
    await list(alice);
    expect((await errorOf(list(bob))).message).toContain(`kms:ListRetirableGrants on resource: ${bob}`);
  });
});
