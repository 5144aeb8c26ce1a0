import { hash } from 'node:crypto';
import { type IncomingRequest, queryOf, repeatsHeader, valuesOf } from './incoming-request.ts';

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

/** The headers that a signature covers. */
export interface SignedHeaders {
  /** In lower case and in order, as the canonical request has them. */
  readonly names: readonly string[];
  /** The names with semicolons between them. */
  readonly list: string;
}

const headerLists = new Map<string, SignedHeaders>();
const mostHeaderLists = 1000;

/**
 * Reads a list such as `host;x-amz-date`. A client signs the same headers each time, so each list is split once.
 *
 * @param given the value of `SignedHeaders`
 */
export function signedHeadersIn(given: string): SignedHeaders {
  let signed = headerLists.get(given);
  if (!signed) {
    const names = given.toLowerCase().split(';').sort();
    signed = { names, list: names.join(';') };
    if (headerLists.size >= mostHeaderLists) headerLists.clear();
    headerLists.set(given, signed);
  }
  return signed;
}

/**
 * The canonical form of a request, which is what a signature covers (IAM user guide, "Create a signed AWS API
 * request"). The body's hash is always made from the body that came: what a header says of it counts for nothing.
 */
export function canonicalRequest(request: IncomingRequest, { names, list }: SignedHeaders): string {
  const value = repeatsHeader(request) ? joinedValues : onlyValue;
  let headers = '';
  for (const name of names) headers += `${name}:${value(request, name)}\n`;
  const resource = `${canonicalPath(request)}\n${canonicalQuery(queryOf(request))}`;
  return `${request.method}\n${resource}\n${headers}\n${list}\n${sha256Hex(request.body)}`;
}

/** The client chooses the name: what every object inherits, such as `constructor`, is no header. */
function onlyValue({ headers }: IncomingRequest, name: string): string {
  return Object.hasOwn(headers, name) ? trimmed(String(headers[name])) : '';
}

const joinedValues = (request: IncomingRequest, name: string): string =>
  valuesOf(request, name).map(trimmed).join(',');

/**
 * Without white space at both ends, and with one space for any within. White space is what HTTP allows in a header:
 * spaces and tabs. The SDK for JavaScript (`getCanonicalHeaders.js`) and botocore (`_header_value`) agree on these.
 */
function trimmed(value: string): string {
  // Node has cut off what is at the ends. Replacing costs more than looking, and hardly any value needs it.
  return value.includes('  ') || value.includes('\t') ? value.replace(/[ \t]+/g, ' ') : value;
}

/** The path without empty segments, `.` and `..`, each segment encoded once more. (Only S3 takes the path as it is.) */
function canonicalPath({ url }: IncomingRequest): string {
  if (url === '/') return url;
  const [path = ''] = url.split('?', 1);
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.map((segment) => segment.replace(reserved, encodedByte)).join('/')}${end}`;
}

/** Sorted by name, then by value, both encoded. A signature in the query isn't part of what it signs. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [normalized(name), normalized(value)] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Encodes everything but the unreserved characters, whether the client encoded it, in whichever case, or not. A plus sign
 * is a space: botocore sends it as that, and signs `%20`.
 */
const normalized = (part: string): string =>
  part.replace(/%[\da-f]{2}|[^\w.~-]/gi, (found) => {
    if (found === '+') return '%20';
    if (found.length === 1) return encodedByte(found);
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : found.toUpperCase();
  });

const reserved = /[^\w.~-]/g;

/** Node gives each byte of a URL as a character of its own. */
const encodedByte = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
