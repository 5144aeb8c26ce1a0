import { randomBytes } from 'node:crypto';
import { userArn } from '../account.ts';
import type { Principal } from '../api/operation.ts';

/** What a client needs to sign requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials only; the request must bring it. */
  readonly sessionToken?: string;
}

/** An access key and whose it is. */
export interface Credential extends AccessKey {
  readonly principal: Principal;
}

/** The access keys that the front door knows. */
export class Credentials {
  readonly #byAccessKeyId = new Map<string, Credential>();

  constructor(credentials: readonly Credential[]) {
    for (const credential of credentials) this.#byAccessKeyId.set(credential.accessKeyId, credential);
  }

  find(accessKeyId: string): Credential | undefined {
    return this.#byAccessKeyId.get(accessKeyId);
  }
}

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A random id in the shape of AWS's: a prefix of four letters, such as `AKIA`, and 16 letters and digits. */
const uniqueId = (prefix: string) =>
  prefix + Array.from(randomBytes(16), (byte) => idAlphabet[byte % idAlphabet.length]).join('');

/** A new access key in AWS's shape. Random, so that it opens nothing but the local AWS that it was made for. */
export const newAccessKey = (): AccessKey => ({
  accessKeyId: uniqueId('AKIA'),
  secretAccessKey: randomBytes(30).toString('base64'),
});

export const newUser = (accountId: string, userName: string): Principal => ({
  type: 'IAMUser',
  principalId: uniqueId('AIDA'),
  arn: userArn(accountId, userName),
  accountId,
  userName,
});
