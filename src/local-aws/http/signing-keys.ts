import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const mostKeys = 1000;

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Derives Signature Version 4 signing keys, and keeps them: one lasts for a day, and costs four HMACs. */
export class SigningKeys {
  readonly #keys = new Map<string, KeyObject>();

  /** @param scope `date/region/service/aws4_request`, from the request's credential */
  derive(accessKeyId: string, secretAccessKey: string, scope: string): KeyObject {
    const name = `${accessKeyId}/${scope}`;
    let key = this.#keys.get(name);
    if (!key) {
      key = createSecretKey(
        scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`) as Buffer,
      );
      if (this.#keys.size >= mostKeys) this.#keys.clear();
      this.#keys.set(name, key);
    }
    return key;
  }
}
