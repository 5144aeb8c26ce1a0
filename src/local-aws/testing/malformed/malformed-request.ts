/** A request that no AWS client would send. */
export interface MalformedRequest {
  /** In words, for the report of a failure. */
  readonly kind: string;
  readonly bytes: Buffer;
  /** An answer to HEAD has no body. */
  readonly isHead?: boolean;
  /** The request is a well-formed call with fuzzed members, so it may succeed. */
  readonly maySucceed?: boolean;
}

/** A request that ends the connection it comes on. */
export interface LastRequest extends MalformedRequest {
  /** The client's behaviour after the last byte: waits for the server to close, half-closes, or disconnects. */
  readonly afterwards: 'wait' | 'end' | 'reset';
}

/** A request as text: well-formed HTTP, whatever is in it. */
export function httpText(
  method: string,
  path: string,
  headers: readonly (readonly [string, string])[],
  body: Buffer,
): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
