import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { startLocalAws } from 'local-kms-cloudtrail';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type ConsoleUnderTest, startConsoleUnderTest } from '../console-under-test.ts';

/** The list of calls, with 10,000 rows. */
export function testManyRows(browser: () => Browser): void {
  let page: Page;
  let site: ConsoleUnderTest;
  let callsFile: string;
  const lineOf = (n: number) =>
    `${JSON.stringify({ at: n, service: 'kms', operation: 'Decrypt', status: 200, requestId: `${n}` })}\n`;

  beforeAll(async () => {
    const { endpoint, region, credentials, close } = await startLocalAws();
    site = await startConsoleUnderTest({
      kms: async () => new KMSClient({ endpoint, region, credentials }),
      cloudTrail: async () => new CloudTrailClient({ endpoint, region, credentials }),
    });
    mkdirSync(join(site.root, 'scratch'));
    callsFile = join(site.root, 'scratch/calls.jsonl');
    appendFileSync(callsFile, Array.from({ length: 10_000 }, (_, n) => lineOf(n)).join(''));
    page = await browser().newPage();
    await page.goto(site.address.href);
    await page.goto(new URL('/calls', site.address).href);
    return async () => {
      await page.close();
      await site.close();
      await close();
    };
  });

  const countRows = () => page.locator('.line li').count();
  const countLaidOut = () =>
    page.evaluate<number>(
      `[...document.querySelectorAll('.line li')].filter((row) => row.checkVisibility({ contentVisibilityAuto: true })).length`,
    );
  const laysOutFew = () => expect.poll(countLaidOut).toBeLessThan(200);

  test('only the rows near the view are laid out, wherever that is', async () => {
    expect(await countRows()).toBe(10_000);
    await laysOutFew();
    await page.keyboard.press('End');
    await expect.poll(isAtEnd).toBe(true);
    expect(await isInView('#call-0')).toBe(true);
    await laysOutFew();
    await page.keyboard.press('Home');
    await expect.poll(() => isInView('#call-9999')).toBe(true);
    await laysOutFew();
  });

  test('the key End leads to the end, although the rows are higher than was thought', async () => {
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    await page.setViewportSize({ width: 320, height });
    await page.reload();
    await page.keyboard.press('End');
    await expect.poll(isAtEnd).toBe(true);
    expect(await isInView('#call-0')).toBe(true);
    await page.setViewportSize({ width, height });
    await page.reload();
  });

  test('a new row has its place among the others, and the oldest goes', async () => {
    appendFileSync(callsFile, Array.from({ length: 120 }, (_, n) => lineOf(10_000 + n)).join(''));
    await page.locator('#call-10119').waitFor();
    const ids = await page.locator('.line li').evaluateAll((rows) => rows.map(({ id }) => id));
    expect(ids).toEqual(Array.from({ length: 10_000 }, (_, n) => `call-${10_119 - n}`));
    expect(await page.locator('.line > ol').count()).toBeGreaterThanOrEqual(500);
    await laysOutFew();
  });

  test('the browser finds a text in a row that is not laid out', async () => {
    expect(await page.evaluate(`find('04.321')`)).toBe(true);
    expect(await page.evaluate(`getSelection().anchorNode.parentElement.closest('li').id`)).toBe('call-4321');
  });

  test('the count of the rows that are laid out sees all of them where the browser lays out all', async () => {
    await page.evaluate(`
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('.line > ol { content-visibility: visible !important }');
      document.adoptedStyleSheets = [sheet];
    `);
    await expect.poll(countLaidOut).toBe(10_000);
  });

  test('a call that is made while the page is loaded is there', async () => {
    await page.route('**/calls/stream?*', async (route) => {
      appendFileSync(callsFile, lineOf(20_000));
      // With this, the console reads it and tells all who follow. The page doesn't, yet.
      await site.ask('/calls?filter=nothing');
      await route.continue();
    });
    await page.reload();
    await page.locator('#call-20000').waitFor();
  });

  function isAtEnd(): Promise<boolean> {
    return page.evaluate<boolean>(
      'scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 1',
    );
  }

  function isInView(selector: string): Promise<boolean> {
    return page.evaluate<boolean>(`(() => {
      const { top, bottom } = document.querySelector('${selector}').getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    })()`);
  }
}
