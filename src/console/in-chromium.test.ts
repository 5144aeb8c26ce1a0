import type { Browser } from 'playwright-core';
import { beforeAll, describe } from 'vitest';
import { chromiumPath, launchChromium } from './testing/in-chromium/chromium.ts';
import { testHiddenPage } from './testing/in-chromium/hidden-page.ts';
import { testManyRows } from './testing/in-chromium/many-rows.ts';
import { testPages } from './testing/in-chromium/pages.ts';
import { testRefusals } from './testing/in-chromium/refusals.ts';

// One file, because each Chromium takes half a gigabyte.
describe.skipIf(!chromiumPath)('in Chromium (skipped where neither Chromium nor Chrome is installed)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  });

  describe('pages', () => testPages(() => browser));
  describe('refusals', () => testRefusals(() => browser));
  describe('hidden pages', () => testHiddenPage(() => browser));
  describe('10,000 rows', () => testManyRows(() => browser));
});
