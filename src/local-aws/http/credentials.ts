import { randomBytes } from 'node:crypto';
import type { Principal } from '../authorization/principal.ts';
import { uniqueId } from '../authorization/unique-id.ts';
import type { AccessKey } from '../options.ts';

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

/** A new access key in AWS's shape. Random, so that it opens nothing but the local AWS that it was made for. */
export const newAccessKey = (): AccessKey => ({
  accessKeyId: uniqueId('AKIA', 20),
  secretAccessKey: randomBytes(30).toString('base64'),
});

/** Credentials of a role's session. Their access key id begins with `ASIA`, and they include a session token. */
export const newSessionKey = (): AccessKey => ({
  accessKeyId: uniqueId('ASIA', 20),
  secretAccessKey: randomBytes(30).toString('base64'),
  sessionToken: randomBytes(96).toString('base64'),
});
