import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chromiumPath, launchChromium } from './testing/chromium.ts';
import { startConsoleUnderTest } from './testing/console-under-test.ts';

describe.skipIf(!chromiumPath)('hidden pages in Chromium (skipped where it is not installed)', () => {
  test('take no connection, and catch up when they are seen again', async () => {
    const [site, browser] = await Promise.all([startConsoleUnderTest(), launchChromium()]);
    onTestFinished(async () => {
      await browser.close();
      await site.close();
    });
    mkdirSync(join(site.root, 'scratch'));
    const note = (requestId: string) => {
      const call = { at: Date.now(), service: 'kms', operation: 'Decrypt', status: 200, requestId };
      appendFileSync(join(site.root, 'scratch/calls.jsonl'), `${JSON.stringify(call)}\n`);
    };
    const context = await browser.newContext();
    const open = async () => {
      const page = await context.newPage();
      await page.goto(new URL('/calls', site.address).href);
      return page;
    };
    await (await context.newPage()).goto(site.address.href);
    const page = await open();
    note('one');
    await page.waitForSelector('#call-one');

    const show = (isShown: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { value: ${!isShown}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/calls/stream'));
    await show(false);
    await ended;
    note('two');
    // Another page reads the news.
    await (await open()).waitForSelector('#call-two');
    expect(await page.locator('#call-two').count()).toBe(0);

    await show(true);
    await page.waitForSelector('#call-two');
    expect(await page.locator('.line li').count()).toBe(2);
  });
});
