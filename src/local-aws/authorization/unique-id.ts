import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A random id in the shape of IAM's: a prefix of four letters, such as `AKIA`, and 16 letters and digits. */
export const uniqueId = (prefix: string): string =>
  prefix + Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('');
