import { newAccessKey } from '../../http/credentials.ts';
import { kmsOperations } from '../../kms/operations/index.ts';
import type { Chance } from './chance.ts';
import { httpText, type MalformedRequest } from './malformed-request.ts';
import type { Signer } from './signer.ts';

/* Requests that Node's parser takes for HTTP, so that the next one can come on the same connection. */

interface Draft {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  maySucceed?: boolean;
}

const jsonType = 'application/x-amz-json-1.1';
const formType = 'application/x-www-form-urlencoded';
const operationNames = [...kmsOperations.map(({ name }) => name), 'LookupEvents'];
const stranger = newAccessKey();

const targetOf = (operation: string) =>
  operation === 'LookupEvents' ? 'CloudTrail_20131101.LookupEvents' : `TrentService.${operation}`;

/** An unsigned call of an operation. */
const draft = (operation: string, body: Buffer | string = '{}'): Draft => ({
  method: 'POST',
  path: '/',
  headers: { host: '127.0.0.1', 'content-type': jsonType, 'x-amz-target': targetOf(operation) },
  body: Buffer.from(body),
});

function signed(signer: Signer, operation: string, body: Buffer | string): Draft {
  const call = draft(operation, body);
  const service = operation === 'LookupEvents' ? 'cloudtrail' : 'kms';
  Object.assign(call.headers, signer.headers({ ...call, target: targetOf(operation), service }));
  return call;
}

/** True if a body is an object. An empty body counts as one. */
function isObject(body: string): boolean {
  try {
    return body === '' || JSON.parse(body)?.constructor === Object;
  } catch {
    return false;
  }
}

type Kind = (chance: Chance, signer: Signer) => Draft;

const kinds: Readonly<Record<string, Kind>> = {
  'no signature': (chance) => draft(chance.oneOf(operationNames)),

  'a signature header of nonsense'(chance) {
    const call = draft('ListKeys');
    const prefix = chance.oneOf(['', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 ', 'Basic ', 'Bearer ', ',=,']);
    call.headers.authorization = prefix + chance.text(chance.below(200));
    return call;
  },

  'a damaged signature header'(chance, signer) {
    const call = signed(signer, 'ListKeys', '{}');
    const header = chance.oneOf(['authorization', 'x-amz-date']);
    call.headers[header] = chance.damaged(call.headers[header] ?? '');
    return call;
  },

  'a signature for something else'(chance, signer) {
    const call = draft('ListKeys');
    const given = { ...call, target: targetOf('ListKeys') };
    const day = 24 * 60 * 60 * 1000;
    const headers = chance.oneOf([
      () => signer.headers({ ...given, region: 'eu-west-1' }),
      () => signer.headers({ ...given, service: 'sts' }),
      () =>
        signer.headers({
          ...given,
          time: Date.now() + chance.oneOf([-1, 1]) * (1 + chance.below(10_000)) * day,
        }),
      () => signer.headers(given, stranger),
      () => signer.headers({ ...given, body: chance.bytes(10) }),
      () => signer.headers({ ...given, path: '/other' }),
    ])();
    Object.assign(call.headers, headers);
    return call;
  },

  'a body that is no JSON'(chance, signer) {
    const body = chance.oneOf([
      () => chance.bytes(chance.below(300)),
      () => chance.damaged('{"KeyId":"alias/mine","EncryptionContext":{"a":"b"},"DryRun":true}'),
      () => '['.repeat(chance.below(chance.oneOf([10, 100, 20_000]))),
      () => '{"a":'.repeat(chance.below(chance.oneOf([10, 100, 5_000]))),
      () => chance.oneOf(['null', '[]', '"x"', '7', 'NaN', '{"a":1,}', '\ufeff{}', '\0', "{'a':1}"]),
    ])();
    return { ...signed(signer, chance.oneOf(operationNames), body), maySucceed: isObject(body.toString()) };
  },

  'members of every kind'(chance, signer) {
    const call = signed(signer, chance.oneOf(operationNames), JSON.stringify(fuzzedMembers(chance)));
    return { ...call, maySucceed: true };
  },

  'an unknown target'(chance) {
    const call = draft('ListKeys');
    call.headers['x-amz-target'] = chance.oneOf([
      () => chance.token(1 + chance.below(60)),
      () => `TrentService.${chance.token(1 + chance.below(20))}`,
      () => `TrentService.${chance.oneOf(['__proto__', 'constructor', 'toString', 'valueOf', ''])}`,
      () => `${chance.oneOf(['__proto__', 'constructor', 'DynamoDB_20120810', ''])}.ListKeys`,
      () => '.'.repeat(chance.below(500)),
    ])();
    return call;
  },

  'a wrong method'(chance) {
    const method = chance.oneOf(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']);
    return { ...draft(chance.oneOf(operationNames)), method };
  },

  'a wrong content type'(chance) {
    const call = draft('ListKeys', chance.text(chance.below(80)));
    call.headers['content-type'] = chance.oneOf([
      '',
      'text/xml',
      formType,
      'multipart/form-data',
      chance.text(40),
    ]);
    if (chance.below(2)) delete call.headers['x-amz-target'];
    return call;
  },

  'a broken form'(chance) {
    const action = chance.oneOf(['GetCallerIdentity', '__proto__', '%', '%ff', chance.text(10), '']);
    const body = `Action=${action}&Version=${chance.text(8)}&${chance.text(chance.below(60))}`;
    const { method, path } = draft('');
    return {
      method,
      path,
      headers: { host: 'localhost', 'content-type': formType },
      body: Buffer.from(body),
    };
  },

  'a host or a page that is not ours'(chance) {
    const call = draft('ListKeys');
    const [name, value] = chance.oneOf([
      ['host', 'example.com'],
      ['host', `127.0.0.1.${chance.token(8)}`],
      ['host', chance.text(30)],
      ['origin', 'https://example.com'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
    ] as const);
    call.headers[name] = value;
    return call;
  },

  'a strange path'(chance) {
    const path = chance.oneOf([
      () => `/${'../'.repeat(chance.below(50))}etc/passwd`,
      () => '/%00%ff%',
      () => `/?${'a=%&'.repeat(chance.below(100))}`,
      () => '*',
      () => 'http://example.com/',
      () => `/${chance.token(chance.below(chance.oneOf([10, 100, 4000])))}`,
    ])();
    return { ...draft('ListKeys'), path };
  },

  'headers of every kind'(chance) {
    const call = draft('ListKeys');
    const count = chance.below(chance.oneOf([3, 10, 100]));
    for (let index = 0; index < count; index++) {
      call.headers[`x-${chance.token(1 + chance.below(10))}`] = chance.text(chance.below(40));
    }
    call.headers.expect = chance.oneOf(['100-continue', '200-ok', chance.token(10)]);
    if (chance.below(2)) call.headers.upgrade = chance.oneOf(['websocket', 'h2c']);
    return call;
  },
};

const kindNames = Object.keys(kinds);

/** A request of any of these kinds. */
export function wellFormedHttp(chance: Chance, signer: Signer): MalformedRequest {
  const kind = chance.oneOf(kindNames);
  const { method, path, headers, body, maySucceed = false } = (kinds[kind] as Kind)(chance, signer);
  const [framing, framed] = chance.below(10) === 0 ? chunked(chance, body) : withLength(body);
  const bytes = httpText(method, path, [...Object.entries(headers), framing], framed);
  return { kind, bytes, isHead: method === 'HEAD', maySucceed };
}

const withLength = (body: Buffer) => [['content-length', String(body.length)], body] as const;

function chunked(chance: Chance, body: Buffer) {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + 1 + chance.below(body.length));
    parts.push(Buffer.from(`${part.length.toString(16)};${chance.token(3)}\r\n`), part, Buffer.from('\r\n'));
    at += part.length;
  }
  return [['transfer-encoding', 'chunked'], Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])] as const;
}

const memberNames = [
  'KeyId',
  'Limit',
  'Marker',
  'Tags',
  'TagKeys',
  'EncryptionContext',
  'Plaintext',
  'CiphertextBlob',
  'AliasName',
  'TargetKeyId',
  'GrantTokens',
  'DryRun',
  'NumberOfBytes',
  'Policy',
  'Recipient',
  'LookupAttributes',
  'StartTime',
  'NextToken',
  '__proto__',
  'constructor',
];

function fuzzedMembers(chance: Chance): object {
  const entries = Array.from({ length: chance.below(6) }, () => [
    chance.oneOf(memberNames),
    fuzzed(chance, 0),
  ]);
  return Object.fromEntries(entries);
}

function fuzzed(chance: Chance, depth: number): unknown {
  const simple = [null, true, false, 0, -1, 1.5, 1e308, -(2 ** 53), '', 'alias/none', '\ud800', 'AAAA', '€'];
  const choice = chance.below(depth > 3 ? 2 : 5);
  if (choice === 0) return chance.text(chance.below(50));
  if (choice === 1 || choice === 2) return chance.oneOf(simple);
  const length = chance.below(5);
  if (choice === 3) return Array.from({ length }, () => fuzzed(chance, depth + 1));
  return Object.fromEntries(
    Array.from({ length }, () => [chance.oneOf([...memberNames, chance.text(5)]), fuzzed(chance, depth + 1)]),
  );
}
