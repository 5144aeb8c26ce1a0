import { createHash, createHmac } from 'node:crypto';
import type { AccessKey } from '../../options.ts';

interface Signed {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly body: Buffer;
  /** For `x-amz-target`. */
  readonly target: string;
  readonly service?: string;
  readonly region?: string;
  /** Milliseconds since the epoch. */
  readonly time?: number;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Signs requests as IAM's user guide says, apart from what is given wrong. Quick: signing keys are kept. */
export class Signer {
  readonly #keys = new Map<string, Buffer>();
  readonly #accessKey: AccessKey;

  constructor(accessKey: AccessKey) {
    this.#accessKey = accessKey;
  }

  /** @returns the headers that make the request a signed one */
  headers(request: Signed, { accessKeyId, secretAccessKey } = this.#accessKey): Record<string, string> {
    const { service = 'kms', region = 'us-east-1', time = Date.now() } = request;
    const date = new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
    const headers = { host: '127.0.0.1', 'x-amz-date': date, 'x-amz-target': request.target };
    const names = Object.keys(headers).join(';');
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    const { method, path, body } = request;
    const canonical = [method, path, '', lines.join(''), names, sha256(body)].join('\n');
    const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
    const signature = hmac(this.#key(secretAccessKey, scope), text).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return { ...headers, authorization };
  }

  #key(secretAccessKey: string, scope: string): Buffer {
    const name = `${secretAccessKey} ${scope}`;
    const key =
      this.#keys.get(name) ?? scope.split('/').reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
    this.#keys.set(name, key);
    return key;
  }
}
