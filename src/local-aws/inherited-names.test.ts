import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListAliasesCommand,
  ListGrantsCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCommand } from './command-line/arguments.ts';
import { readFaults } from './faults/read-faults.ts';
import { errorOf, type LocalAwsUnderTest, startUnderTest } from './testing/local-aws-under-test.ts';
import { sdkSigner, send, signBySdk } from './testing/odd-requests.ts';
import { accountId, allowing, rootArn } from './testing/principals-under-test.ts';
import { rawRequest } from './testing/raw-request.ts';

/*
 * Names that every object inherits. Where a caller chooses a name, each of them is a name like any other: it is kept as it
 * is where any may be given, and refused like any unknown one where only some exist.
 */
const names = Object.getOwnPropertyNames(Object.prototype);
/** A name that no object has, for comparison. */
const control = 'plain';

/** A local AWS for the test that is running, which fails if any call ends in a defect. */
async function start(options: Parameters<typeof startUnderTest>[0] = {}): Promise<LocalAwsUnderTest> {
  const defects: unknown[] = [];
  const local = await startUnderTest({ ...options, onCall: ({ defect }) => defect && defects.push(defect) });
  onTestFinished(async () => {
    await local.aws.close();
    expect(defects).toEqual([]);
  });
  return local;
}

/** The answer of KMS to members that no client would send. */
async function answerTo({ aws }: LocalAwsUnderTest, operation: string, json: string) {
  const target = { 'x-amz-target': `TrentService.${operation}` };
  const { hostname, port, host } = new URL(aws.endpoint);
  const headers = { host, 'content-type': 'application/x-amz-json-1.1', ...target };
  const request = { method: 'POST', protocol: 'http:', hostname, port: Number(port), path: '/', body: json };
  const signed = await sdkSigner(aws, 'kms').sign({ ...request, headers });
  const { status, body } = await rawRequest(aws.endpoint, { headers: signed.headers, body: json });
  return { status, ...JSON.parse(body) };
}

describe('before the signature is checked', () => {
  test('the name of a signed header', async () => {
    const { aws } = await start();
    const signed = await signBySdk(aws, { headers: { 'x-control': 'a' } });
    expect((await send(aws, signed)).status).toBe(200);
    for (const name of [control, ...names]) {
      const authorization = String(signed.headers.authorization).replace('x-control', name);
      const { status, body } = await send(aws, { ...signed, headers: { ...signed.headers, authorization } });
      expect([status, JSON.parse(body).__type]).toEqual([400, 'InvalidSignatureException']);
    }
  });

  test('the name of a header and of a parameter in the query', async () => {
    const { aws } = await start();
    for (const name of [control, ...names]) {
      // The SDK's signer loses a parameter of that name.
      const query = name === '__proto__' ? '' : `${name}=a`;
      const signed = await signBySdk(aws, { query, headers: { 'x-control': 'a' } });
      const headers = { ...signed.headers, ...Object.fromEntries([[name, 'a']]) };
      expect((await send(aws, { ...signed, headers })).status).toBe(200);
    }
  });

  test('the service, the operation and the access key', async () => {
    const { aws } = await start();
    const signed = await signBySdk(aws, {});
    const typeOf = async (headers: object) => {
      const { body } = await send(aws, { ...signed, headers: { ...signed.headers, ...headers } });
      return JSON.parse(body).__type;
    };
    for (const name of [control, ...names]) {
      expect(await typeOf({ 'x-amz-target': `TrentService.${name}` })).toBe('UnknownOperationException');
      expect(await typeOf({ 'x-amz-target': `${name}.ListKeys` })).toBe('UnknownOperationException');
      const authorization = String(signed.headers.authorization).replace(
        /Credential=\w+/,
        `Credential=${name}`,
      );
      expect(await typeOf({ authorization })).toBe('UnrecognizedClientException');
    }
  });

  test('the action of the query protocol', async () => {
    const { aws } = await start();
    for (const name of [control, ...names]) {
      const { body } = await rawRequest(aws.endpoint, {
        method: 'GET',
        path: `/?Action=${name}&Version=${name}&${name}=a&X-Amz-Algorithm=${name}`,
      });
      expect(body).toContain(
        `<Code>InvalidAction</Code><Message>Could not find operation ${name} for version ${name}`,
      );
    }
  });
});

describe('in members', () => {
  test('an unknown member is ignored', async () => {
    const local = await start();
    for (const name of [control, ...names]) {
      expect(await answerTo(local, 'CreateKey', `{"${name}":{"${name}":"a"}}`)).toMatchObject({
        status: 200,
      });
    }
  });

  test('a value out of a list of values', async () => {
    const local = await start();
    for (const name of [control, ...names]) {
      expect(await answerTo(local, 'CreateKey', `{"KeySpec":"${name}"}`)).toMatchObject({
        __type: 'ValidationException',
        message: expect.stringContaining(`Value '${name}' at 'keySpec' failed to satisfy constraint`),
      });
    }
  });

  test('the encryption context', async () => {
    const local = await start();
    const { id: KeyId } = await local.newKey();
    const context = (name: string, value: string) => Object.fromEntries([[name, value]]);
    for (const name of [control, ...names]) {
      const { CiphertextBlob } = await local.kms.send(
        new EncryptCommand({ KeyId, Plaintext: Buffer.from('a'), EncryptionContext: context(name, 'a') }),
      );
      const decrypt = (EncryptionContext: Record<string, string>) =>
        local.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
      await decrypt(context(name, 'a'));
      for (const other of [context(name, 'b'), {}]) {
        expect(await errorOf(decrypt(other))).toMatchObject({ name: 'InvalidCiphertextException' });
      }
      const [event] = await local.deliveredEvents({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'Encrypt' }],
      });
      expect(Object.entries(event?.requestParameters?.encryptionContext ?? {})).toEqual([[name, 'a']]);
    }
  });

  test('the encryption context of a grant', async () => {
    const local = await start({ principals: [{ userName: 'grantee', policies: [] }] });
    const { id: KeyId } = await local.newKey();
    const GranteePrincipal = `arn:aws:iam::${accountId}:user/grantee`;
    for (const name of [control, ...names]) {
      const EncryptionContextSubset = Object.fromEntries([[name, 'a']]);
      const { GrantId } = await local.kms.send(
        new CreateGrantCommand({
          KeyId,
          GranteePrincipal,
          Operations: ['Encrypt'],
          Constraints: { EncryptionContextSubset },
        }),
      );
      const { Grants } = await local.kms.send(new ListGrantsCommand({ KeyId, GrantId }));
      expect(Object.entries(Grants?.[0]?.Constraints?.EncryptionContextSubset ?? {})).toEqual([[name, 'a']]);
    }
    const grantee = new KMSClient({
      ...local.clientSettings,
      credentials: local.aws.credentialsOf('grantee'),
    });
    const encrypt = (EncryptionContext: Record<string, string>) =>
      grantee.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('a'), EncryptionContext }));
    for (const name of [control, ...names]) {
      await encrypt(Object.fromEntries([[name, 'a']]));
      expect(await errorOf(encrypt(Object.fromEntries([[name, 'b']])))).toMatchObject({
        name: 'AccessDeniedException',
      });
    }
    expect(await errorOf(encrypt({}))).toMatchObject({ name: 'AccessDeniedException' });
  });

  test('tags, aliases and key ids', async () => {
    const local = await start();
    for (const name of [control, ...names]) {
      const { KeyMetadata } = await local.kms.send(
        new CreateKeyCommand({ Tags: [{ TagKey: name, TagValue: name }] }),
      );
      const KeyId = KeyMetadata?.KeyId;
      const { Tags } = await local.kms.send(new ListResourceTagsCommand({ KeyId }));
      expect(Tags).toEqual([{ TagKey: name, TagValue: name }]);
      for (const id of [name, `alias/${name}`]) {
        expect(await errorOf(local.kms.send(new DescribeKeyCommand({ KeyId: id })))).toMatchObject({
          name: 'NotFoundException',
        });
      }
      await local.kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: KeyId }));
      const { Aliases } = await local.kms.send(new ListAliasesCommand({ KeyId }));
      expect(Aliases).toMatchObject([{ AliasName: `alias/${name}` }]);
    }
  });

  test('the attributes of a look-up', async () => {
    const local = await start({ cloudTrail: { lookupsPerSecond: Infinity } });
    for (const name of names) {
      for (const AttributeKey of ['EventId', 'EventName', 'Username', 'ResourceName'] as const) {
        expect(
          await local.deliveredEvents({ LookupAttributes: [{ AttributeKey, AttributeValue: name }] }),
        ).toEqual([]);
      }
    }
    const [event] = await local.deliveredEvents({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'LookupEvents' }],
    });
    expect(event).toMatchObject({ eventName: 'LookupEvents' });
  });
});

describe('in policies', () => {
  const policy = (statement: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Deny', Principal: '*', Action: 'kms:CreateAlias', Resource: '*', ...statement },
      ],
    });
  const named = (name: string, value: unknown) => Object.fromEntries([[name, value]]);

  test.for<[string, (name: string) => object]>([
    ['an element', (name) => named(name, 'a')],
    ['an operator', (name) => ({ Condition: named(name, { 'aws:username': 'a' }) })],
    ['the kind of a principal', (name) => ({ Principal: named(name, 'a') })],
    ['a truth value', (name) => ({ Condition: { Bool: { 'aws:SecureTransport': name } } })],
    ['a truth value of Null', (name) => ({ Condition: { Null: { 'aws:username': name } } })],
    ['a number', (name) => ({ Condition: { NumericEquals: { 'aws:EpochTime': name } } })],
    ['an effect', (name) => ({ Effect: name })],
  ])('%s is refused like any that there is not', async ([, statement]) => {
    const local = await start();
    const { id: KeyId } = await local.newKey();
    const put = (Policy: string) => local.kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
    await put(policy({}));
    for (const name of [control, ...names]) {
      expect(await errorOf(put(policy(statement(name))))).toMatchObject({
        name: 'MalformedPolicyDocumentException',
      });
    }
  });

  test.for<[string, (name: string) => object]>([
    ['a condition key', (name) => ({ Condition: { StringEquals: named(name, 'a') } })],
    ['a variable', (name) => ({ Condition: { StringEquals: { 'aws:username': `\${${name}}` } } })],
  ])('%s has no value in a request', async ([, statement]) => {
    const local = await start();
    const { id: KeyId } = await local.newKey();
    for (const name of [control, ...names]) {
      const Policy = policy(statement(name));
      await local.kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
      expect((await local.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy).toBe(Policy);
      // The statement would forbid it.
      await local.kms.send(new CreateAliasCommand({ AliasName: `alias/of-${name}`, TargetKeyId: KeyId }));
    }
    await local.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy({}) }));
    const forbidden = new CreateAliasCommand({ AliasName: 'alias/forbidden', TargetKeyId: KeyId });
    expect(await errorOf(local.kms.send(forbidden))).toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('in options', () => {
  test('of the command line', () => {
    for (const name of [control, ...names]) {
      expect(() => parseCommand([`--${name}`, 'a'])).toThrow(`Unknown option --${name}`);
    }
  });

  test('the name of a principal', async () => {
    const { aws } = await start({ principals: [{ userName: control, policies: [allowing('*')] }] });
    expect(aws.credentialsOf(control)).toBeDefined();
    for (const name of names) expect(() => aws.credentialsOf(name)).toThrow(`Unknown principal '${name}'`);
  });

  test('of fault rules', async () => {
    expect(await readFaults('[{"fault":"throttle","service":"kms","operation":"ListKeys"}]')).toHaveLength(1);
    for (const name of [control, ...names]) {
      for (const rule of [
        `{"fault":"${name}"}`,
        `{"fault":"throttle","service":"${name}"}`,
        `{"fault":"throttle","operation":"${name}"}`,
        `{"fault":"throttle","service":"${name}","operation":"${name}"}`,
      ]) {
        await expect(readFaults(`[${rule}]`)).rejects.toThrow(TypeError);
      }
    }
  });
});
