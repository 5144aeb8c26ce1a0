export interface ReadAnswer {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const headEnd = Buffer.from('\r\n\r\n');

/** Takes answers out of what a connection brings, however it is cut. Knows as much HTTP as the local AWS speaks. */
export class AnswerReader {
  #rest: Buffer = Buffer.alloc(0);

  /** True if there are bytes that are not a whole answer. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  add(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /**
   * The next answer, if it is there in full. Interim ones, such as `100 Continue`, are passed over.
   *
   * @param isHead whether it answers a HEAD, so that it has no body
   */
  next(isHead: boolean): ReadAnswer | undefined {
    const end = this.#rest.indexOf(headEnd);
    if (end < 0) return undefined;
    const [statusLine = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    if (Number.isNaN(status)) throw new Error(`This is no status line: ${JSON.stringify(statusLine)}`);
    const bodyStart = end + headEnd.length;
    if (status < 200) {
      this.#rest = this.#rest.subarray(bodyStart);
      return this.next(isHead);
    }
    const headers = new Map(lines.map((line) => headerOf(line)));
    if (!headers.has('content-length')) throw new Error(`An answer with status ${status} has no length.`);
    const length = isHead ? 0 : Number(headers.get('content-length'));
    if (this.#rest.length < bodyStart + length) return undefined;
    const body = this.#rest.toString('utf8', bodyStart, bodyStart + length);
    this.#rest = this.#rest.subarray(bodyStart + length);
    return { status, headers, body };
  }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
