import { AwsError } from '../api/errors.ts';
import type { IncomingRequest } from './incoming-request.ts';

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/**
 * Keeps web pages out. A page can make a browser send requests to 127.0.0.1; but then the browser says that they come
 * from a page, or, if the page's own name resolves to 127.0.0.1, the Host is that name.
 *
 * @throws {AwsError} for a Host that isn't loopback, and for any request that a page caused
 */
export function refuseWebPages({ headers }: IncomingRequest): void {
  const { host = '' } = headers;
  if (!loopbackHost.test(host)) {
    throw refusal(`The local AWS answers requests to 127.0.0.1, localhost or [::1], not to Host '${host}'.`);
  }
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) {
    throw refusal('The local AWS answers no request that a web page makes.');
  }
}

const refusal = (message: string) => new AwsError('AccessDeniedException', message, 403);
