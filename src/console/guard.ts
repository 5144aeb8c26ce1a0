import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { setCookie } from 'hono/cookie';

/** The origin and the secrets by which the console admits a request. */
export interface Admission {
  /** The console's own origin, such as `http://127.0.0.1:50123`. */
  origin: string;
  /** The secret in the address that the terminal shows, and then in a cookie. */
  token: string;
  /** Secrets that get the cookie once, and are then deleted. */
  tokensForOnce: Set<string>;
  /** Connections on which no request had the token yet. */
  unadmitted: Set<Socket>;
}

/** Nothing is loaded from elsewhere or written inside the page, and no other page can show this one. */
const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    ...['script', 'style', 'img', 'connect'].map((kind) => `${kind}-src 'self'`),
    ...["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: with it, browsers send a form with the `Origin` "null".
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Lets a request through only if it comes from the console's own page, or from somebody who typed the address that the
 * terminal shows. Anything else on this machine can reach the port too: other users, and every page in the browser.
 *
 * - `Host` must be the console's: a page whose name was made to lead here (DNS rebinding) sends its own.
 * - `Origin` and `Sec-Fetch-Site`, where the browser sends them, must not name another page.
 * - The token must be in the cookie. It gets there from the address, once. The cookie's name has the port in it,
 *   because browsers send a cookie of 127.0.0.1 to every port (RFC 6265, section 8.5). A page on another port can add one
 *   of the same name, but not take ours away: one that is right is enough. A server on another port that is opened in the
 *   same browser gets the cookie, too: docs/console.md says so.
 * - A request may only read. The one exception is a dropped file, which is taken only with this page's `Origin`.
 */
export function guard(
  { origin, token, tokensForOnce, unadmitted }: Admission,
  dropPath: string,
): MiddlewareHandler<{ Bindings: HttpBindings }> {
  const { host, port } = new URL(origin);
  const cookie = `console_${port}`;
  return async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const { method, path } = context.req;
    if (context.req.header('Host') !== host) return refuse(context, `This address is not ${origin}.`);
    if (comesFromElsewhere(context, origin)) return refuse(context, 'Another page sent this request.');
    const isDrop = method === 'POST' && path === dropPath && context.req.header('Origin') === origin;
    // Not even HEAD: a stream without a body would never end.
    if (!isDrop && method !== 'GET') return context.text('Only GET is allowed.\n', 405);
    const given = context.req.query('token') ?? '';
    if (path === '/' && (isSame(given, token) || tokensForOnce.delete(given))) {
      setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return context.redirect('/', 303);
    }
    const cookies = context.req.header('Cookie')?.split(/; */) ?? [];
    if (!cookies.some((each) => isSame(each, `${cookie}=${token}`)))
      return refuse(context, 'The token is missing or wrong.');
    unadmitted.delete(context.env.incoming.socket);
    return next();
  };
}

function comesFromElsewhere(context: Context, origin: string): boolean {
  const site = context.req.header('Sec-Fetch-Site') ?? 'none';
  return !['same-origin', 'none'].includes(site) || (context.req.header('Origin') ?? origin) !== origin;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(context: Context, why: string): Response {
  return context.text(`${why} Open the address that the terminal shows.\n`, 403);
}
