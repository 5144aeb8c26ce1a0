import { appendFileSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { ManualClock, startLocalAws } from 'local-kms-cloudtrail';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenMessages } from '../../../evidence/samples.ts';
import { rememberHintsShown } from '../../../state/hints-shown.ts';
import { aliasPrefix, tagsOf } from '../../../state/run.ts';
import { readHints } from '../../../steps/hints.ts';
import { readStepFolders } from '../../../steps/step-folders.ts';
import { cachingManager, encryptMessage, encryptTwice } from '../../messages/testing/sdk-messages.ts';
import { type ConsoleUnderTest, startConsoleUnderTest } from '../console-under-test.ts';
import { expectGood, findBarriers, takePicture } from './chromium.ts';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));

export function testPages(browser: () => Browser): void {
  let site: ConsoleUnderTest;
  let page: Page;
  let account: KMSClient;
  let trail = new CloudTrailClient({ region: 'eu-test-1' });
  /** Complaints of the page, such as a blocked script or a missing file. */
  const complaints: string[] = [];

  beforeAll(async () => {
    site = await startConsoleUnderTest({ kms: async () => account, cloudTrail: async () => trail });
    page = await browser().newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(() => page?.close());

  const open = (path: string) => page.goto(new URL(path, site.address).href);

  test('the address opens the page, within 150 KB and without the token', async () => {
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      sizes.push(request.sizes().then((size) => size.responseBodySize + size.responseHeadersSize));
    });
    await page.goto(site.address.href);
    expect(page.url()).toBe(`${site.address.origin}/steps`);
    expect(await page.textContent('h1')).toBe('No steps yet');
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(150 * 1024);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await findBarriers(page)).toEqual([]);
  });

  test('the checks for barriers, width and blocked scripts see what they look for', async () => {
    await page.evaluate(`
      document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><p id="wide">x</p><a onclick="x()">x</a>');
      document.querySelector('#wide').className = 'bar';
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('#wide { width: 5000px; max-width: none }');
      document.adoptedStyleSheets = [sheet];
    `);
    expect(await findBarriers(page)).toEqual([expect.stringContaining('button-name: <button></button>')]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeGreaterThan(0);
    await page.evaluate(`document.querySelector('[onclick]').click()`);
    expect(complaints.splice(0).join()).toContain('Content Security Policy');
  });

  describe('with steps', () => {
    const [first, second, third, ...others] = readStepFolders(repository).map((each) => ({
      ...each,
      state: 'waiting',
    }));
    if (!first || !second || !third) throw new Error('The workshop has no steps.');
    const step = { ...second, state: 'running' };
    beforeAll(() => {
      for (const file of ['README.md', 'hints.md'].map((name) => `workshop/${step.name}/${name}`))
        cpSync(join(repository, file), join(site.root, file));
      site.steps.push({ ...first, state: 'done' }, step, third, ...others);
    });

    test('a verdict and a hint appear as they come, and the focus stays', async () => {
      await open('/');
      expect(new URL(page.url()).pathname).toBe(`/steps/${step.name}`);
      expect(await page.textContent('#step-status')).toContain('running');
      await page.focus(`[href="/steps/${third.name}"]`);

      site.steps[1] = { ...step, state: 'wrong', detail: '1 of 4 TODOs left', failure: 'Step 2 is <small>.' };
      await page.waitForSelector('.state.is-wrong');
      expect(await page.textContent('#step-status pre')).toBe('Step 2 is <small>.');
      rememberHintsShown(site.root, step.name, 1);
      await page.waitForSelector('summary');
      const [hint, next] = readHints(repository, step.name).map(({ title }) => title);
      expect(await page.textContent('#step-hints')).toContain(hint);
      expect(await page.textContent('main')).not.toContain(next);
      await expectGood(page);

      site.steps[1] = { ...step, state: 'done' };
      await page.waitForSelector('.state.is-done');
      expect(await page.textContent('#step-status')).toContain('What you learned.');
      await takePicture(page, 'steps');
      await Promise.all([page.waitForURL(`**/${third.name}`), page.keyboard.press('Enter')]);
    });
  });

  describe('with messages', () => {
    beforeAll(async () => {
      const plaintext = Buffer.alloc(300, 'secret ');
      const wanted = { suiteId: 0x0578, dataKeys: 2, encryptionContext: { größe: '部署' }, plaintext };
      const [first, second] = await encryptTwice(plaintext, cachingManager());
      const files = {
        'encrypted_e_1.txt': first,
        'encrypted_e_2.txt': second,
        'two-keys.txt': await encryptMessage({ ...wanted, frameLength: 128 }),
        'cut.txt': brokenMessages(Buffer.from(first))['that was cut off'] ?? first,
      };
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(site.output, 'ada', name), bytes);
    });

    test.each([
      ['a message', 'ada/two-keys.txt', 'größe'],
      ['two messages', 'ada/encrypted_e_1.txt&b=ada/encrypted_e_2.txt', 'These messages share a data key.'],
    ])('%s is shown without barriers', async (what, query, text) => {
      await open(`/messages?a=${query}`);
      expect(await page.textContent('main')).toContain(text);
      await expectGood(page);
      await takePicture(page, what.replace(' ', '-'));
    });

    test('a broken message shows where it stops making sense', async () => {
      await open('/messages?a=ada/cut.txt');
      expect(await page.textContent('.fault')).toContain('It stops making sense at byte');
      expect(await findBarriers(page)).toEqual([]);
    });

    test('two messages are compared by keyboard alone, one of which came when the page was open', async () => {
      await open('/messages?a=ada/encrypted_e_1.txt');
      copyFileSync(join(site.output, 'ada/encrypted_e_1.txt'), join(site.output, 'ada/twin.txt'));
      await page.waitForSelector('text=Compare with twin.txt');
      const press = async (label: string) => {
        for (let presses = 0; presses < 40; presses++) {
          await page.keyboard.press('Tab');
          if ((await page.evaluate('document.activeElement.textContent.trim()')) === label) break;
        }
        await Promise.all([page.waitForURL(/b=/), page.keyboard.press('Enter')]);
      };
      await press('Compare with twin.txt');
      expect(await page.textContent('.verdict')).toBe('These files are identical.');
    });

    test('a field leads to its bytes, and both are marked while it has the focus', async () => {
      await open('/messages?a=ada/encrypted_e_1.txt');
      await page.getByRole('link', { name: 'Message ID' }).focus();
      expect(await page.locator('.is-lit').count()).toBe(2);
      await page.keyboard.press('Enter');
      expect(new URL(page.url()).hash).toBe('#b2');
    });

    test('a file is taken from the form, or dropped on the page', async () => {
      await open('/messages');
      const file = { name: 'mine.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('hello') };
      await page.setInputFiles('#file', file);
      await page.click('text=Show');
      expect(await page.textContent('h1')).toBe('mine.bin');
      // Until its script has run, the page takes no drop.
      await page.waitForLoadState();

      await page.evaluate(`
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['hello'], 'dropped.bin'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      `);
      await page.waitForSelector('h1:text-is("dropped.bin")');
    });

    test('nothing moves by itself for who wants no motion', async () => {
      const behaviour = () => page.evaluate('getComputedStyle(document.documentElement).scrollBehavior');
      expect(await behaviour()).toBe('smooth');
      await page.emulateMedia({ reducedMotion: 'reduce' });
      expect(await behaviour()).toBe('auto');
    });
  });

  describe('with keys', () => {
    beforeAll(async () => {
      const { endpoint, region, credentials, close } = await startLocalAws();
      account = new KMSClient({ endpoint, region, credentials });
      return close;
    });

    test('a key is found by its alias, by keyboard alone, and has a page', async () => {
      for (const run of ['ada', 'bob']) {
        const created = await account.send(new CreateKeyCommand({ Tags: tagsOf(run) }));
        const [AliasName, TargetKeyId] = [`${aliasPrefix}${run}`, created.KeyMetadata?.KeyId];
        await account.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
      }
      await open('/keys');
      expect(await page.locator('.keys tbody tr').count()).toBe(2);
      expect(await page.locator('tr:has(.is-own)').textContent()).toContain(`${aliasPrefix}ada`);
      await expectGood(page);
      await takePicture(page, 'keys');

      await page.focus('#alias');
      await page.keyboard.type('3_ada');
      await Promise.all([page.waitForURL(/alias=3_ada/), page.keyboard.press('Enter')]);
      expect(await page.locator('.keys tbody tr').count()).toBe(1);
      await page.focus('.keys a');
      await Promise.all([page.waitForURL(/keys\/[\w-]+$/), page.keyboard.press('Enter')]);
      expect(await page.textContent('pre')).toContain('"Statement": [');
      expect(await findBarriers(page)).toEqual([]);
    });
  });

  describe('with calls', () => {
    const clock = new ManualClock();
    const note = (operation: string, requestId = '', at = Date.now()) => {
      const call = { at, service: 'kms', operation, status: 200, requestId };
      appendFileSync(join(site.root, 'scratch/calls.jsonl'), `${JSON.stringify(call)}\n`);
    };
    beforeAll(async () => {
      mkdirSync(join(site.root, 'scratch'));
      const { endpoint, region, credentials, close } = await startLocalAws({
        clock,
        cloudTrail: { lookupsPerSecond: Number.POSITIVE_INFINITY },
      });
      account = new KMSClient({ endpoint, region, credentials });
      trail = new CloudTrailClient({ endpoint, region, credentials });
      return close;
    });

    test('a call appears at once and grows its event when that comes, without a new request for the page', async () => {
      await open('/calls');
      expect(await page.textContent('.nothing')).toContain('Nothing yet.');
      const began = Date.now() - 2000;
      const { KeyMetadata, $metadata: created } = await account.send(new CreateKeyCommand());
      const KeyId = KeyMetadata?.KeyId;
      const dataKey = { KeyId, KeySpec: 'AES_256', EncryptionContext: { run: 'ada' } } as const;
      const { $metadata: generated } = await account.send(new GenerateDataKeyCommand(dataKey));
      const { $metadata: marker } = await account.send(new DescribeKeyCommand({ KeyId }));
      note('CreateKey', created.requestId, began);
      note('GenerateDataKey', generated.requestId, began + 320);
      note('DescribeKey', marker.requestId, began + 350);
      for (let look = 0; look < 12; look++) note('LookupEvents', `${look}`, began + 400 + 140 * look);
      note('Decrypt', 'without event');
      await page.waitForSelector('text=Decrypt');
      expect(await page.locator('li:has(.is-own)').textContent()).toContain('not shown yet');
      const looks = page.locator('.is-look');
      expect(await looks.textContent()).toContain('waits for the event of the marker call');

      // Opening the page looks at CloudTrail, where the event is not there yet.
      await open('/calls');

      clock.advance({ seconds: 60 });
      await page.waitForSelector('.is-quiet');
      expect(await looks.textContent()).toContain(
        'After the last event, no count may change for the quiet period of 0.05 s',
      );
      await page.waitForSelector('li:has(b:text-is("CreateKey")) [data-unfold]');
      const operations = ['Decrypt', 'DescribeKey', 'GenerateDataKey', 'CreateKey'];
      expect(await page.locator('.line li b').allTextContents()).toEqual(operations);
      const row = page.locator('li', { has: page.locator('b:text-is("CreateKey")') });
      expect(await row.textContent()).toMatch(/came \d+\.\d s later/);
      await takePicture(page, 'calls-and-events');
      await row.locator('a').focus();
      await page.keyboard.press('Enter');
      await row.locator('summary:focus').waitFor();
      expect(await row.locator('pre').textContent()).toContain('"eventName": "CreateKey"');
      await expectGood(page);
    });

    test('rows are filtered, the new ones, too, and the oldest go when there are too many', async () => {
      await open('/calls?filter=describe');
      expect(await page.locator('.line li b').allTextContents()).toEqual(['DescribeKey']);
      await page.evaluate(`document.querySelector('.line').dataset.most = 2`);
      note('Encrypt', 'other');
      for (const id of ['one', 'two', 'three']) note('DescribeKey', id);
      await page.waitForSelector('#call-three');
      const ids = await page.locator('.line li').evaluateAll((rows) => rows.map(({ id }) => id));
      expect(ids).toEqual(['call-three', 'call-two']);
    });
  });

  test('no page has complained; the last one says that the console has ended', async () => {
    expect(complaints).toEqual([]);
    await site.close();
    expect(await page.textContent('.offline')).toContain('The console has ended');
  });
}
