import { hash } from 'node:crypto';
import type { IncomingRequest } from './incoming-request.ts';

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

const headerLists = new Map<string, readonly string[]>();
const mostHeaderLists = 1000;

/**
 * The names in a list such as `host;x-amz-date`. A client signs the same headers each time, so the list is split once.
 *
 * @param signedHeaders what the `Authorization` header says of them
 */
export function headerNamesIn(signedHeaders: string): readonly string[] {
  let names = headerLists.get(signedHeaders);
  if (!names) {
    names = signedHeaders.split(';');
    if (headerLists.size >= mostHeaderLists) headerLists.clear();
    headerLists.set(signedHeaders, names);
  }
  return names;
}

/**
 * The canonical form of a request, which is what a signature covers (IAM user guide, "Create a signed AWS API
 * request"). The body's hash is always made from the body that came: what a header says of it counts for nothing.
 *
 * @param signedHeaders lower-case names with semicolons between them, in the order in which the client signed them
 */
export function canonicalRequest(request: IncomingRequest, signedHeaders: string): string {
  const [path = '/', query = ''] = splitOnce(request.url, '?');
  let headers = '';
  for (const name of headerNamesIn(signedHeaders)) {
    headers += `${name}:${canonicalValue(request.headers[name])}\n`;
  }
  const resource = `${canonicalPath(path)}\n${canonicalQuery(query)}`;
  return `${request.method}\n${resource}\n${headers}\n${signedHeaders}\n${sha256Hex(request.body)}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Every service but S3 encodes the path a second time. */
const canonicalPath = (path: string) => (path === '/' ? path : path.split('/').map(encode).join('/'));

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => splitOnce(pair, '=').map((part) => encode(decode(part))))
    .sort(([nameA = '', valueA = ''], [nameB = '', valueB = '']) =>
      nameA === nameB ? compare(valueA, valueB) : compare(nameA, nameB),
    )
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const encode = (part: string) =>
  encodeURIComponent(part.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function canonicalValue(value: string | readonly string[] | undefined): string {
  const whole = typeof value === 'string' ? value : (value ?? []).join(',');
  // Asked first, because it costs less than to replace what is hardly ever there.
  return whole.includes('  ') ? whole.trim().replace(/ {2,}/g, ' ') : whole.trim();
}
