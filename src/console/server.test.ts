import { mkdirSync, renameSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { sampleMessage } from '../evidence/samples.ts';
import { startConsole } from './server.ts';
import { type ConsoleUnderTest, startConsoleUnderTest } from './testing/console-under-test.ts';

let site: ConsoleUnderTest;
beforeEach(async () => {
  site = await startConsoleUnderTest();
  return site.close;
});

test('the address leads to the page, and its token goes into a cookie for this port, which scripts and other sites never get', async () => {
  const opened = await site.ask(`/${site.address.search}`, { Cookie: '' });

  expect(opened).toMatchObject({ status: 303, headers: { location: '/' } });
  const token = site.address.searchParams.get('token');
  expect(token).toMatch(/^[\w-]{22}$/);
  expect(opened.headers['set-cookie']).toEqual([
    `console_${site.address.port}=${token}; Path=/; HttpOnly; SameSite=Strict`,
  ]);
  expect((await site.ask('/messages')).status).toBe(200);
});

test('a cookie of the same name, which a page on another port can add, locks nobody out', async () => {
  const Cookie = `console_${site.address.port}=x; ${site.cookie}`;
  expect((await site.ask('/messages', { Cookie })).status).toBe(200);
});

describe('a request is refused', () => {
  beforeEach(async () => {
    expect((await site.ask('/messages')).status).toBe(200);
    expect((await site.ask('/assets/console.css')).status).toBe(200);
  });

  test.each<[string, () => Record<string, string>]>([
    ['without the cookie', () => ({ Cookie: '' })],
    ['with another token', () => ({ Cookie: `console_${site.address.port}=${'x'.repeat(22)}` })],
    ['with a part of the token', () => ({ Cookie: site.cookie.slice(0, -1) })],
    ["with another console's cookie", () => ({ Cookie: site.cookie.replace('=', '1=') })],
    ['for another host', () => ({ Host: `rebound.example:${site.address.port}` })],
    ['for localhost, whose cookies others share', () => ({ Host: `localhost:${site.address.port}` })],
    ['for another port', () => ({ Host: '127.0.0.1:80' })],
    ['from another origin', () => ({ Origin: 'https://example.com' })],
    ['from another port of this machine', () => ({ Origin: 'http://127.0.0.1:1' })],
    ['from a page without an origin', () => ({ Origin: 'null' })],
    ['across sites', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
    ['from the same site on another port', () => ({ 'Sec-Fetch-Site': 'same-site' })],
  ])('%s', async (_what, headers) => {
    for (const path of ['/messages', '/assets/console.css', '/']) {
      const { status, body } = await site.ask(path, headers());
      expect([path, status]).toEqual([path, 403]);
      expect(body).toMatch(/Open the address that the terminal shows\.\n$/);
    }
  });

  test.each(['/?token=', '/?token=x', '/messages'])('without the cookie at %s', async (path) => {
    expect((await site.ask(path, { Cookie: '' })).status).toBe(403);
  });

  test('with the token at another page than the first: it would stay in the address', async () => {
    expect((await site.ask(`/messages${site.address.search}`, { Cookie: '' })).status).toBe(403);
  });

  test.each(['HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('with the method %s', async (method) => {
    expect((await site.ask('/messages', { Origin: site.address.origin }, method)).status).toBe(405);
  });
});

test('a file is taken only from the page itself', async () => {
  const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
  const form =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="<b>.bin"\r\n\r\nhello\r\n--x--\r\n';
  const drop = (more: Record<string, string>) =>
    site.ask('/messages/dropped', { ...headers, ...more }, 'POST', form);
  const { origin } = site.address;

  const taken = await drop({ Origin: origin, 'Sec-Fetch-Site': 'same-origin' });
  expect(taken).toMatchObject({ status: 303, headers: { location: '/messages?a=dropped-1' } });
  const { body } = await site.ask('/messages?a=dropped-1');
  expect(body).toContain('&lt;b&gt;.bin');
  expect(body).not.toContain('hello');

  expect((await drop({})).status).toBe(405);
  expect((await drop({ Origin: 'https://example.com' })).status).toBe(403);
  expect((await drop({ Origin: origin, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  expect((await drop({ Origin: origin, Cookie: '' })).status).toBe(403);
  expect((await site.ask('/messages?a=dropped-2')).status).toBe(404);
});

test('every answer, a refusal too, lets the page load only its own files', async () => {
  const answers = await Promise.all([
    site.ask('/messages'),
    site.ask('/assets/console.js'),
    site.ask('/'),
    site.ask('/nowhere'),
    site.ask('/', { Cookie: '' }),
    site.ask('/', {}, 'DELETE'),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 303, 404, 403, 405]);
  for (const { headers } of answers) {
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  }
  // The policy forbids both, and a browser would leave them out.
  expect(answers[0]?.body).not.toMatch(/ style=| on\w+=|<style|<script>/);
});

test('an address that works once does so within a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const open = async (address: string) =>
    (await site.ask(`/${new URL(address).search}`, { Cookie: '' })).status;

  const [used, late] = [site.addressForOnce(), site.addressForOnce()];
  expect([await open(used), await open(used)]).toEqual([303, 403]);
  vi.advanceTimersByTime(60_000);
  expect(await open(late)).toBe(403);
  expect(await open(site.address.href)).toBe(303);
});

test('the pages are loaded as soon as a browser is started, or else with the first request', async () => {
  const loadApp = vi.fn(async () => () => {});
  const { addressForOnce, close } = await startConsole(loadApp);
  onTestFinished(close);

  expect(loadApp).not.toHaveBeenCalled();
  addressForOnce();
  addressForOnce();
  expect(loadApp).toHaveBeenCalledOnce();
});

test('a record that can not be read is named by the page, and a page that is open goes on when it can be', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => print.mockRestore());
  site.steps.push({ number: 1, name: '01-create-key', title: 'Create a key', state: 'to do' });
  const hints = join(site.root, '.workshop/hints/01-create-key');
  mkdirSync(hints, { recursive: true });

  const path = '/steps/01-create-key';
  const page = await site.ask(path);
  expect([page.status, page.body]).toEqual([500, expect.stringContaining(`${hints} is a folder`)]);
  const stream = await fetch(new URL(`${path}/stream`, site.address), { headers: { Cookie: site.cookie } });
  await site.ask(path);
  rmdirSync(hints);
  const reader = stream.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain('Create a key');
  await reader?.cancel();
  expect(print).not.toHaveBeenCalled();
});

describe('files', () => {
  let message: Buffer;
  beforeEach(async () => {
    message = await sampleMessage(Buffer.from('a plaintext'), 16);
    writeFileSync(join(site.output, 'ada/encrypted.bin'), message);
    writeFileSync(join(site.root, 'secret.bin'), message);
    mkdirSync(join(site.root, 'outside'));
    writeFileSync(join(site.root, 'outside/secret.bin'), message);
  });

  const isShown = async (path: string) =>
    (await site.ask(`/messages?a=${path}`)).body.includes('<h2 id="fields">');

  test('in the output folder are shown, and none that a path leads to outside of it', async () => {
    expect(await isShown('ada%2Fencrypted.bin')).toBe(true);
    expect(await isShown('ada/encrypted.bin')).toBe(true);

    const dots = ['..', '%2e%2e', '.%2e', '%252e%252e', '%c0%ae%c0%ae', '..%00', '%uff0e%uff0e', '．．'].map(
      encodeURI,
    );
    const slashes = ['/', '%2f', '%5c', '\\', '%252f', '%c0%af', '//'].map((slash) =>
      slash.replace('\\', '%5C'),
    );
    const paths = dots.flatMap((dot) =>
      slashes.flatMap((slash) => [
        `${dot}${slash}secret.bin`,
        `ada${slash}${dot}${slash}${dot}${slash}secret.bin`,
        `ada${slash}${dot}${slash}ada${slash}encrypted.bin`,
        `.${slash}ada${slash}encrypted.bin`,
      ]),
    );
    const absolute = encodeURIComponent(join(site.root, 'secret.bin'));
    for (const path of [...paths, absolute, `file:${absolute}`, '%00', 'ada', 'ada/', '', '%']) {
      if (path === '') continue;
      expect([path, await isShown(path)]).toEqual([path, false]);
    }
  });

  test.each([
    '/../secret.bin',
    '/assets/../../server.ts',
    '/assets/%2e%2e/server.ts',
    '/assets/..%2fserver.ts',
    '/assets/..%5cserver.ts',
    '/messages/..%2f..%2fsecret.bin',
    '//secret.bin',
  ])('have no address of their own: %s', async (path) => {
    expect((await site.ask('/assets/console.js')).status).toBe(200);
    expect((await site.ask(path)).status).toBe(404);
  });

  test('that links lead to elsewhere are not shown', async () => {
    // Windows lets only administrators make a link to a file.
    if (process.platform !== 'win32')
      symlinkSync(join(site.root, 'secret.bin'), join(site.output, 'ada/link.bin'));
    symlinkSync(join(site.root, 'outside'), join(site.output, 'linked'), 'junction');
    mkdirSync(join(site.output, 'real'));
    writeFileSync(join(site.output, 'real/secret.bin'), message);

    expect(await isShown('real/secret.bin')).toBe(true);
    expect(await isShown('ada/link.bin')).toBe(false);
    expect(await isShown('linked/secret.bin')).toBe(false);
    expect((await site.ask('/messages')).body).not.toMatch(/link\.bin|linked/);

    // A folder becomes a link between two requests.
    renameSync(join(site.output, 'real'), join(site.root, 'moved'));
    symlinkSync(join(site.root, 'outside'), join(site.output, 'real'), 'junction');
    expect(await isShown('real/secret.bin')).toBe(false);
  });

  test('that have names with characters which change the direction of text are shown with these made visible', async () => {
    mkdirSync(join(site.output, '\u202Enur'));
    writeFileSync(join(site.output, '\u202Enur/\u202Etxt.exe'), message);

    const { status, body } = await site.ask(`/messages?a=${encodeURIComponent('\u202Enur/\u202Etxt.exe')}`);
    expect(status).toBe(200);
    expect(body).toContain('<h1>&lt;U+202E&gt;txt.exe</h1>');
    expect(body).toContain('&lt;U+202E&gt;nur</h2>');
    expect(body).not.toContain('\u202E');
  });

  test('without encryption are named at most, and no byte of them is shown', async () => {
    writeFileSync(join(site.output, 'ada/plaintext_u_cycled_1.txt'), 'Dear Ada');
    writeFileSync(join(site.output, 'ada/letter.txt'), 'Dear Ada');

    const { status, body } = await site.ask('/messages?a=ada/letter.txt');
    expect(status).toBe(200);
    expect(body).toContain('letter.txt');
    expect(body).toContain('It is not a message of the AWS Encryption SDK.');
    expect((await site.ask('/messages?a=ada/gone.txt')).body).toContain('This file is no longer there');
    expect(body).not.toContain('plaintext_u');
    for (const form of [
      'Dear',
      Buffer.from('Dear').toString('hex'),
      '44 65 61 72',
      Buffer.from('Dear').toString('base64'),
    ])
      expect(body).not.toContain(form);
    expect(await isShown('ada/plaintext_u_cycled_1.txt')).toBe(false);
  });
});
