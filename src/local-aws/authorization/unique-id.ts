import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * A random id in the shape of IAM's, of capital letters and digits.
 *
 * @param prefix four letters, such as `AKIA`
 * @param length with the prefix: 20 for an access key, 21 for a user or a role (the examples of the IAM user guide,
 *   reference_identifiers.html: `AKIAIOSFODNN7EXAMPLE`, `AIDACKCEVSQ6C2EXAMPLE`)
 */
export const uniqueId = (prefix: string, length: 20 | 21): string =>
  prefix +
  Array.from(randomBytes(length - prefix.length), (byte) => alphabet[byte % alphabet.length]).join('');
