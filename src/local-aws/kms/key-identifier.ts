import { aliasArn, keyArn } from '../account.ts';
import { AwsError, validationError } from '../api/errors.ts';
import type { KeyRecord } from './key.ts';
import type { Kms } from './kms.ts';
import { managedKey } from './managed-keys.ts';

/** A UUID, or what the id of a multi-Region key looks like: none of those exist here, but it is a key id. */
const keyIdForm = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;
const kmsArn = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(key|alias)\/(.+)$/;

const notFound = (message: string) => new AwsError('NotFoundException', message);

/**
 * Finds a key by its id or its ARN: for the operations that don't take an alias.
 *
 * @throws {AwsError} `NotFoundException`, with the texts of recorded answers, or `InvalidArnException`, with the text that
 *   callers of AWS report, for an alias and an alias ARN alike
 */
export function keyByIdOrArn(kms: Kms, identifier: string): KeyRecord {
  if (aliasNameIn(kms, identifier) !== undefined) {
    throw new AwsError('InvalidArnException', 'Key Aliases are not supported for this operation.');
  }
  return keyNamed(kms, identifier);
}

/**
 * Finds the key that an alias is to name.
 *
 * @throws {AwsError} `ValidationException` for another alias, else as `keyByIdOrArn` does
 */
export function keyForAlias(kms: Kms, identifier: string): KeyRecord {
  if (aliasNameIn(kms, identifier) !== undefined) {
    throw validationError('Aliases must refer to keys. Not aliases');
  }
  return keyNamed(kms, identifier);
}

/**
 * Finds a key by its id, its ARN, an alias or an alias ARN. A predefined alias gets its key now, if it has none yet.
 *
 * @throws {AwsError} `NotFoundException` or `InvalidArnException`
 */
export function keyByAnyIdentifier(kms: Kms, identifier: string): KeyRecord {
  const aliasName = aliasNameIn(kms, identifier);
  if (aliasName === undefined) return keyNamed(kms, identifier);
  const arn = identifier === aliasName ? aliasArn(kms.account, aliasName) : identifier;
  const alias = kms.state.alias(aliasName);
  // The whole ARN counts: the same name in another account or partition is another alias.
  if (alias?.arn === arn) return keyById(kms, alias.targetKeyId);
  const key = arn === aliasArn(kms.account, aliasName) ? managedKey(kms, aliasName) : undefined;
  if (!key) throw aliasNotFound(arn);
  return key;
}

/** The alias that an identifier names, or undefined if it names a key. It is what `kms:RequestAlias` holds. */
function aliasNameIn(kms: Kms, identifier: string): string | undefined {
  if (identifier.startsWith('alias/')) return identifier;
  if (!identifier.startsWith('arn:')) return undefined;
  const { kind, name } = parseKmsArn(kms, identifier);
  return kind === 'alias' ? `alias/${name}` : undefined;
}

export const aliasNotFound = (arn: string) => notFound(`Alias ${arn} is not found.`);

/** @param identifier a key id or a key ARN, not an alias */
function keyNamed(kms: Kms, identifier: string): KeyRecord {
  if (!identifier.startsWith('arn:')) return keyById(kms, identifier);
  return keyById(kms, parseKmsArn(kms, identifier).name, identifier);
}

/** @param arn the key's ARN as the request has it, if it has one: each part of it counts */
function keyById(kms: Kms, keyId: string, arn = keyArn(kms.account, keyId)): KeyRecord {
  const key = kms.state.key(keyId);
  if (key?.arn === arn) return key;
  // AWS says the same of an ARN, such as one that ends in `key/alias/aws/sqs` (quoted by callers of DescribeKey).
  throw notFound(keyIdForm.test(keyId) ? `Key '${arn}' does not exist` : `Invalid keyId '${keyId}'`);
}

function parseKmsArn(kms: Kms, arn: string): { kind: string; name: string } {
  const [, region, kind = '', name = ''] = kmsArn.exec(arn) ?? [];
  if (region === undefined) throw new AwsError('InvalidArnException', `Invalid ARN: ${arn}`);
  if (region !== kms.account.region) throw notFound(`Invalid arn ${region}`);
  return { kind, name };
}
