import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where Linux distributions, and Chrome's installers for macOS and Windows, put it. */
const places: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
};

/** The system's Chromium or Chrome; undefined if there is none. */
export const chromiumPath = places[process.platform]?.find((place) => existsSync(place));

export function launchChromium(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  // Chromium's sandbox refuses to start for root, as in most containers.
  return chromium.launch({ executablePath: chromiumPath ?? '', chromiumSandbox: !isRoot });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Returns what axe-core finds wrong with a page, a line each.
 *
 * @param rules the only ones that are checked; all of them when left out
 */
export async function findBarriers(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  // The page has no frames, and nothing of what axe-core would load first is needed by a rule that counts here.
  const options = { resultTypes: ['violations'], iframes: false, preload: false, runOnly: rules };
  const found = await page.evaluate(`axe.run(${JSON.stringify(options)})`);
  const { violations } = found as { violations: { id: string; nodes: { html: string }[] }[] };
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Checks a page in both colour schemes, and that it fits a phone, a laptop and a wall. */
export async function expectGood(page: Page): Promise<void> {
  for (const width of [320, 3840, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect([page.url(), width, tooWide]).toEqual([page.url(), width, 0]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await findBarriers(page, ['color-contrast'])).toEqual([]);
}

/** Takes a picture of the page for docs/console/, if CONSOLE_PICTURES is set: with every run, they would differ a little. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (!process.env.CONSOLE_PICTURES) return;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 800 });
  const path = fileURLToPath(new URL(`../../../../docs/console/${name}.png`, import.meta.url));
  await page.screenshot({ path });
}
