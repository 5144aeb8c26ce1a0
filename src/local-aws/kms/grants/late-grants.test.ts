import { CreateGrantCommand, EncryptCommand, type KMSClient, RetireGrantCommand } from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { KeptLocalAws } from '../../testing/kept-local-aws.ts';
import { errorOf } from '../../testing/local-aws-under-test.ts';
import { clientsOf, startShared, userArn } from '../../testing/principals-under-test.ts';

const principals = [{ userName: 'alice', policies: [] }];
const alice = userArn('alice');
const refused = { name: 'AccessDeniedException' };

const grant = (kms: KMSClient, KeyId: string) =>
  kms.send(
    new CreateGrantCommand({
      KeyId,
      GranteePrincipal: alice,
      RetiringPrincipal: alice,
      Operations: ['Encrypt'],
    }),
  );

const encrypt = (kms: KMSClient, KeyId: string, GrantTokens: string[] = []) =>
  kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), GrantTokens }));

describe('a grant that is not yet visible', () => {
  test('is used and retired at once by its token', async () => {
    const { as, kms, newKey, clock } = await startShared(principals, {
      faults: [{ fault: 'late-change', operation: 'CreateGrant', seconds: 60 }],
    });
    const { id } = await newKey();
    const { GrantToken = '' } = await grant(kms, id);
    expect(await errorOf(encrypt(as('alice').kms, id))).toMatchObject(refused);
    await encrypt(as('alice').kms, id, [GrantToken]);
    clock.advance({ seconds: 61 });
    await encrypt(as('alice').kms, id);

    const second = await grant(kms, id);
    await as('alice').kms.send(new RetireGrantCommand({ GrantToken: second.GrantToken }));
  });

  test('is of no use to others, with or without the token, or on another key', async () => {
    const { as, kms, newKey } = await startShared([...principals, { userName: 'bob', policies: [] }]);
    const [key, other] = [await newKey(), await newKey()];
    const { GrantToken = '' } = await grant(kms, key.id);
    expect(await errorOf(encrypt(as('bob').kms, key.id, [GrantToken]))).toMatchObject(refused);
    expect(await errorOf(encrypt(as('alice').kms, other.id, [GrantToken]))).toMatchObject(refused);
  });
});

test('grants, their tokens and their removal outlive a restart', async () => {
  const kept = await KeptLocalAws.create();
  let local = await kept.start({ principals });
  const { id } = await local.newKey();
  const [first, second] = [await grant(local.kms, id), await grant(local.kms, id)];

  local = await kept.start({ principals });
  await clientsOf(local, 'alice').kms.send(new RetireGrantCommand({ GrantToken: first.GrantToken }));
  await encrypt(clientsOf(local, 'alice').kms, id);

  local = await kept.start({ principals });
  await encrypt(clientsOf(local, 'alice').kms, id);
  await clientsOf(local, 'alice').kms.send(new RetireGrantCommand({ KeyId: id, GrantId: second.GrantId }));
  expect(await errorOf(encrypt(clientsOf(local, 'alice').kms, id))).toMatchObject(refused);
});
