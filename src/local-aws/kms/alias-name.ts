import { AwsError, validationError } from '../api/errors.ts';
import type { KeyRecord } from './key.ts';
import type { Kms } from './kms.ts';

/**
 * Checks the name of an alias that a caller wants to make or change, beyond what the model's pattern says.
 *
 * @throws {AwsError} `ValidationException` (the prefix: a recorded answer), or `NotAuthorizedException` for the names
 *   that AWS keeps for itself (CreateAlias in the KMS API reference)
 */
export function requireOwnAliasName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw validationError(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException', '');
  if (name === 'alias/' || name.includes(':'))
    throw validationError(`${name} contains invalid characters for an alias`);
}

/** KMS developer guide, resource-limits.html. */
const mostAliases = 50;

/** @throws {AwsError} `LimitExceededException` if a key has as many aliases as it can have */
export function requireRoomForAlias(kms: Kms, key: KeyRecord): void {
  if (kms.state.aliases(key.id).length < mostAliases) return;
  throw new AwsError(
    'LimitExceededException',
    `Aliases per key quota for this account in this region is ${mostAliases}`,
  );
}
