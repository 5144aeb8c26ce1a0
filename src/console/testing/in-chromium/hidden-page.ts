import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { startConsoleUnderTest } from '../console-under-test.ts';

export function testHiddenPage(browser: () => Browser): void {
  test('a hidden page takes no connection, and catches up when it is seen again', async () => {
    const [site, context] = await Promise.all([startConsoleUnderTest(), browser().newContext()]);
    onTestFinished(async () => {
      await context.close();
      await site.close();
    });
    mkdirSync(join(site.root, 'scratch'));
    const note = (requestId: string) => {
      const call = { at: Date.now(), service: 'kms', operation: 'Decrypt', status: 200, requestId };
      appendFileSync(join(site.root, 'scratch/calls.jsonl'), `${JSON.stringify(call)}\n`);
    };
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
}
