import { AwsError } from '../../api/errors.ts';
import type { KeyRecord } from '../key.ts';
import type { Kms } from '../kms.ts';
import type { Grant } from './grant.ts';

/**
 * Finds a grant of a key by its id.
 *
 * @throws {AwsError} `InvalidGrantIdException` for what isn't the id of a grant, `NotFoundException` if the key has no such
 *   grant (the names are those that the operations declare; the sentences are ours)
 */
export function grantById(kms: Kms, key: KeyRecord, id: string): Grant {
  if (!/^[0-9a-f]{64}$/.test(id)) throw new AwsError('InvalidGrantIdException', `Invalid grant id '${id}'`);
  const grant = kms.state.grant(id);
  if (grant?.keyId !== key.id) throw grantNotFound(id);
  return grant;
}

export const grantNotFound = (id: string) =>
  new AwsError('NotFoundException', `Grant '${id}' does not exist`);
