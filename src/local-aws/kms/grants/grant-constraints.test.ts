import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../testing/local-aws-under-test.ts';
import { accountId, startShared, userArn } from '../../testing/principals-under-test.ts';

const Plaintext = Buffer.from('x');
const refused = { name: 'AccessDeniedException' };
const alice = userArn('alice');

const nobody = (...names: string[]) => names.map((userName) => ({ userName, policies: [] }));

/** Creates a grant, to alice unless the input says otherwise. */
const grant = (kms: KMSClient, KeyId: string, input: Partial<CreateGrantCommandInput> = {}) =>
  kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: alice, Operations: ['Encrypt'], ...input }));

const encrypt = (kms: KMSClient, KeyId: string, EncryptionContext?: Record<string, string>) =>
  kms.send(new EncryptCommand({ KeyId, Plaintext, ...(EncryptionContext ? { EncryptionContext } : {}) }));

describe('a constraint', () => {
  const department = { Department: 'IT' };

  test.each([
    ['EncryptionContextEquals', department, true],
    ['EncryptionContextEquals', { ...department, Purpose: 'Test' }, false],
    ['EncryptionContextEquals', { department: 'IT' }, false],
    ['EncryptionContextEquals', { Department: 'it' }, false],
    ['EncryptionContextEquals', undefined, false],
    ['EncryptionContextSubset', department, true],
    ['EncryptionContextSubset', { ...department, Purpose: 'Test' }, true],
    ['EncryptionContextSubset', { Purpose: 'Test' }, false],
    ['EncryptionContextSubset', undefined, false],
  ])('%s lets a request with %j through: %j', async (constraint, context, expected) => {
    const { as, kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    await grant(kms, id, {
      Constraints: { [constraint]: department },
      Operations: ['Encrypt', 'DescribeKey'],
    });
    const call = encrypt(as('alice').kms, id, context as Record<string, string> | undefined);
    if (expected) await call;
    else expect(await errorOf(call)).toMatchObject(refused);
    // It has no bearing on what has no encryption context.
    await as('alice').kms.send(new DescribeKeyCommand({ KeyId: id }));
  });

  test('is for decrypting too', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    const { CiphertextBlob } = await encrypt(kms, id, department);
    await grant(kms, id, { Operations: ['Decrypt'], Constraints: { EncryptionContextSubset: department } });
    const decrypt = (EncryptionContext: Record<string, string>) =>
      as('alice').kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    await decrypt(department);
    expect(await errorOf(decrypt({}))).toMatchObject(refused);
  });

  test('counts a pair of any name', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    const odd = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, string>;
    await grant(kms, id, { Constraints: { EncryptionContextEquals: odd } });
    await encrypt(as('alice').kms, id, odd);
    expect(await errorOf(encrypt(as('alice').kms, id, { constructor: 'b' }))).toMatchObject(refused);
    expect(await errorOf(encrypt(as('alice').kms, id, {}))).toMatchObject(refused);
  });

  test('on the resource that a request is for lets no direct request through', async () => {
    const { as, kms, newKey } = await startShared(nobody('alice'));
    const { id } = await newKey();
    await grant(kms, id, { Constraints: { SourceArn: `arn:aws:dynamodb:us-east-1:${accountId}:table/t` } });
    expect(await errorOf(encrypt(as('alice').kms, id))).toMatchObject(refused);
  });
});

describe('a grantee who may create grants', () => {
  const parent: Partial<CreateGrantCommandInput> = {
    Operations: ['CreateGrant', 'Encrypt', 'Decrypt'],
    Constraints: { EncryptionContextSubset: { a: '1' } },
  };

  test.each<[string, Partial<CreateGrantCommandInput>, boolean]>([
    ['the same', {}, true],
    ['fewer operations', { Operations: ['Encrypt'] }, true],
    ['another operation', { Operations: ['Encrypt', 'DescribeKey'] }, false],
    ['a longer constraint', { Constraints: { EncryptionContextSubset: { a: '1', b: '2' } } }, true],
    ['a stricter kind of constraint', { Constraints: { EncryptionContextEquals: { a: '1', b: '2' } } }, true],
    ['another constraint', { Constraints: { EncryptionContextSubset: { b: '2' } } }, false],
    ['no constraint', { Constraints: {} }, false],
  ])('may grant %s: %#', async (_what, child, expected) => {
    const { as, kms, newKey } = await startShared(nobody('alice', 'bob'));
    const { id } = await newKey();
    await grant(kms, id, parent);
    const call = grant(as('alice').kms, id, { ...parent, ...child, GranteePrincipal: userArn('bob') });
    if (expected) expect((await call).GrantId).toMatch(/^[0-9a-f]{64}$/);
    else expect(await errorOf(call)).toMatchObject(refused);
  });

  test("can't loosen a required encryption context", async () => {
    const { as, kms, newKey } = await startShared(nobody('alice', 'bob'));
    const { id } = await newKey();
    const Operations: CreateGrantCommandInput['Operations'] = ['CreateGrant', 'Encrypt'];
    await grant(kms, id, { Operations, Constraints: { EncryptionContextEquals: { a: '1' } } });
    const child = (Constraints: CreateGrantCommandInput['Constraints']) =>
      grant(as('alice').kms, id, { Operations, Constraints, GranteePrincipal: userArn('bob') });
    await child({ EncryptionContextEquals: { a: '1' } });
    expect(await errorOf(child({ EncryptionContextEquals: { a: '1', b: '2' } }))).toMatchObject(refused);
    expect(await errorOf(child({ EncryptionContextSubset: { a: '1' } }))).toMatchObject(refused);
  });
});
