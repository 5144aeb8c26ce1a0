import * as cloudTrailSdk from '@aws-sdk/client-cloudtrail';
import * as kmsSdk from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsError, internalFailure } from '../api/errors.ts';
import type { AccessKey } from '../options.ts';
import { type LocalAwsUnderTest, startUnderTest } from '../testing/local-aws-under-test.ts';
import { Signer } from '../testing/malformed/signer.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { jsonProtocol } from './json-protocol.ts';
import { queryProtocol } from './query-protocol.ts';

/*
 * Errors as they go over the wire. The SDK hides them: it takes `Message` for `message`, and an empty text for none.
 */

const protocols = { kms: jsonProtocol('message'), cloudtrail: jsonProtocol('Message') };

const bodyOf = (service: keyof typeof protocols, error: AwsError): object =>
  JSON.parse(protocols[service].error(error, '').body);

/** The errors of a service's model, with the names of their members, out of the schemas that its client's package exports. */
function modelledErrors(client: object): [string, string[]][] {
  const errorKind = -3;
  const schemas = (Object.values(client) as unknown[]).filter(Array.isArray);
  return schemas
    .filter(([kind, , , , members]) => kind === errorKind && members.length > 0)
    .map(([, , name, , members]) => [name, members]);
}

test.each([
  ['kms', kmsSdk],
  ['cloudtrail', cloudTrailSdk],
] as const)(
  'each error in the model of %s has its text in the member that the model names',
  (service, sdk) => {
    const errors = modelledErrors(sdk);
    expect(errors.map(([name]) => name)).toContain('UnsupportedOperationException');
    for (const [name, members] of errors) {
      expect([name, bodyOf(service, new AwsError(name, 'why'))]).toEqual([
        name,
        { __type: name, [members[0] ?? '']: 'why' },
      ]);
    }
  },
);

describe.each(['kms', 'cloudtrail'] as const)('of %s', (service) => {
  test('an error without a text has no member for it', () => {
    expect(bodyOf(service, new AwsError('InvalidCiphertextException', ''))).toEqual({
      __type: 'InvalidCiphertextException',
    });
  });

  test('a defect is an InternalFailure', () => {
    const { __type, message } = bodyOf(service, internalFailure()) as Record<string, string>;
    expect([__type, message]).toEqual(['InternalFailure', expect.stringMatching(/^The request processing/)]);
  });
});

/** IAM API reference, common errors; what STS answers to them. */
test.each([
  ['AccessDeniedException', 'AccessDenied', 403],
  ['IncompleteSignatureException', 'IncompleteSignature', 400],
  ['InternalFailure', 'InternalFailure', 500],
  ['InvalidSignatureException', 'SignatureDoesNotMatch', 403],
  ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 403],
  ['ThrottlingException', 'Throttling', 400],
  ['UnknownOperationException', 'InvalidAction', 400],
  ['UnrecognizedClientException', 'InvalidClientTokenId', 403],
  ['ValidationException', 'ValidationError', 400],
])('in XML, %s is called %s and has status %i', (name, code, status) => {
  const error = name === 'InternalFailure' ? internalFailure() : new AwsError(name, 'a < b');
  const message = error.message.replace('<', '&lt;');
  const [type, xmlns] = [
    status < 500 ? 'Sender' : 'Receiver',
    code === 'InvalidAction'
      ? 'http://webservices.amazon.com/AWSFault/2005-15-09'
      : 'https://sts.amazonaws.com/doc/2011-06-15/',
  ];
  expect(queryProtocol.error(error, 'id-1')).toEqual({
    status,
    body: `<ErrorResponse xmlns="${xmlns}"><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`,
  });
});

let local: LocalAwsUnderTest;
beforeAll(async () => {
  local = await startUnderTest({ principals: [{ userName: 'intern', policies: [] }] });
});
afterAll(() => local.aws.close());

interface Changes {
  readonly body?: string | Buffer;
  readonly operation?: string;
  readonly credentials?: AccessKey;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends what the changes make of a good call, and gives the answer's status and body. */
async function answerTo(service: 'kms' | 'cloudtrail', changes: Changes): Promise<object> {
  const [prefix, good] =
    service === 'kms' ? ['TrentService', 'ListKeys'] : ['CloudTrail_20131101', 'LookupEvents'];
  const { body = '{}', operation = good, credentials = local.aws.credentials } = changes;
  const target = `${prefix}.${operation}`;
  const bytes = Buffer.from(body);
  const signed = new Signer(credentials).headers({ method: 'POST', path: '/', body: bytes, target, service });
  const answer = await rawRequest(local.aws.endpoint, {
    headers: { ...signed, ...changes.headers },
    body: bytes,
  });
  return { status: answer.status, ...JSON.parse(answer.body) };
}

const wrongKey = (): AccessKey => ({ ...local.aws.credentials, secretAccessKey: 'x'.repeat(40) });
const unknownKey = (): AccessKey => ({ ...wrongKey(), accessKeyId: 'AKIAUNKNOWN234567ABC' });

/** Name of the error, a call that causes it, and the body. Sources: `json-protocol.ts`. */
const rows: readonly [string, () => Changes, object][] = [
  ['nothing', () => ({}), { status: 200 }],
  ['an empty body', () => ({ body: '' }), { __type: 'SerializationException' }],
  ['half a body', () => ({ body: '{' }), { __type: 'SerializationException' }],
  ['null', () => ({ body: 'null' }), { __type: 'SerializationException' }],
  ['a text', () => ({ body: '"x"' }), { __type: 'SerializationException' }],
  [
    'a list',
    () => ({ body: '[]' }),
    { __type: 'SerializationException', Message: 'Start of list found where not expected' },
  ],
  [
    'a member of another type',
    () => ({ body: '{"Limit":"1","MaxResults":"1"}' }),
    { __type: 'SerializationException', Message: 'STRING_VALUE can not be converted to an Integer' },
  ],
  [
    'a value out of range',
    () => ({ body: '{"Limit":0,"MaxResults":0}' }),
    {
      __type: 'ValidationException',
      message: expect.stringMatching(/^1 validation error detected: Value '0'/),
    },
  ],
  [
    'no permission',
    () => ({ credentials: local.aws.credentialsOf('intern') }),
    { __type: 'AccessDeniedException', Message: expect.stringMatching(/^User: arn:aws:iam::/) },
  ],
  [
    'an unknown operation',
    () => ({ operation: 'MakeCoffee' }),
    { __type: 'UnknownOperationException', message: expect.any(String) },
  ],
  [
    'no signature',
    () => ({ headers: { authorization: '' } }),
    {
      __type: 'MissingAuthenticationTokenException',
      message: 'Request is missing Authentication Token',
    },
  ],
  [
    'half a signature',
    () => ({ headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x' } }),
    { __type: 'IncompleteSignatureException', message: expect.any(String) },
  ],
  [
    'another secret key',
    () => ({ credentials: wrongKey() }),
    { __type: 'InvalidSignatureException', message: expect.any(String) },
  ],
  [
    'an unknown access key',
    () => ({ credentials: unknownKey() }),
    {
      __type: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  ],
];

describe.each(['kms', 'cloudtrail'] as const)('%s answers over the wire to', (service) => {
  test.each(rows)('%s', async (what, changes, body) => {
    const answer = await answerTo(service, changes());
    if (what === 'nothing') expect(answer).toMatchObject(body);
    else expect(answer).toEqual({ status: 400, ...body });
  });
});
