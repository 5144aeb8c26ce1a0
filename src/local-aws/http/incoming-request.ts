import type { IncomingHttpHeaders } from 'node:http';
import { serializationError } from '../api/errors.ts';

/** A request that has arrived in full. */
export interface IncomingRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** By lower-case name. Where a header came more than once, Node joins the values or keeps the first. */
  readonly headers: IncomingHttpHeaders;
  /** The keys of `headers`. */
  readonly headerNames: readonly string[];
  /** Every header as it came: names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceAddress: string;
}

/** The part of a request's URL after the question mark; empty without one. */
export function queryOf({ url }: IncomingRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

/** True if a header occurs more than once. Counting is enough, because nearly all requests repeat none. */
export const repeatsHeader = ({ headerNames, rawHeaders }: IncomingRequest): boolean =>
  headerNames.length !== rawHeaders.length / 2;

/**
 * All values of a header, in the order in which they came.
 *
 * @param name in lower case
 */
export const valuesOf = ({ rawHeaders }: IncomingRequest, name: string): readonly string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);

/** Of these, a second one is refused: which of them counts, the client and the server could take differently. */
const onlyOnce = [
  'host',
  'authorization',
  'content-type',
  'date',
  'x-amz-date',
  'x-amz-target',
  'x-amz-security-token',
];

/** @throws {AwsError} `SerializationException` if a header came twice that may come only once */
export function refuseRepeatedHeaders(request: IncomingRequest): void {
  if (!repeatsHeader(request)) return;
  const repeated = onlyOnce.find((name) => valuesOf(request, name).length > 1);
  if (repeated) throw serializationError(`The request has more than one '${repeated}' header. Send it once.`);
}
