import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../../api/errors.ts';

/*
 * A token names a grant, and is no secret: only the grantee can use it. Each is another, though all of one grant do the same
 * (CreateGrant in the KMS API reference).
 *
 *   version 1 | grant id 32 | random 16 | checksum of the above 4
 */
const version = 1;
const checksumAt = 49;
const length = 53;

export function newGrantToken(grantId: string): string {
  const token = Buffer.alloc(length);
  token[0] = version;
  token.write(grantId, 1, 'hex');
  randomBytes(16).copy(token, 33);
  token.writeUInt32BE(crc32(token.subarray(0, checksumAt)), checksumAt);
  return token.toString('base64url');
}

/**
 * The id of the grant that a token names. The grant may be gone.
 *
 * @throws {AwsError} `InvalidGrantTokenException` for anything that isn't a token of ours
 */
export function grantIdIn(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const isWhole = bytes.length === length && bytes[0] === version;
  if (!isWhole || crc32(bytes.subarray(0, checksumAt)) !== bytes.readUInt32BE(checksumAt)) {
    throw new AwsError('InvalidGrantTokenException', 'The grant token is not valid.');
  }
  return bytes.toString('hex', 1, 33);
}
