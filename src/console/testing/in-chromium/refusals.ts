import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { Browser } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { allowing, startShared } from '../../../local-aws/testing/principals-under-test.ts';
import { startConsoleUnderTest } from '../console-under-test.ts';
import { expectGood } from './chromium.ts';

/** Answers as an endpoint does that has no CloudTrail. */
function hasNoCloudTrail({ middlewareStack }: CloudTrailClient): void {
  const error = { name: 'UnknownOperationException', $metadata: { httpStatusCode: 400 } };
  middlewareStack.add(() => () => Promise.reject(Object.assign(new Error(error.name), error)), {
    step: 'initialize',
  });
}

export function testRefusals(browser: () => Browser): void {
  test.each([
    {
      target: 'aws',
      actions: ['kms:ListKeys', 'kms:DescribeKey'],
      calls: 'these credentials may not call cloudtrail:LookupEvents.',
      keys: 'these credentials may not call kms:GetKeyRotationStatus, kms:ListAliases, and kms:ListResourceTags.',
    },
    {
      target: 'endpoint',
      actions: ['kms:*'],
      calls: 'this endpoint doesn’t have cloudtrail:LookupEvents.',
      keys: undefined,
    },
  ] as const)(
    'at target $target, what is missing is said, and the rest is shown',
    async ({ target, actions, calls, keys }) => {
      const shared = await startShared([{ userName: 'learner', policies: [allowing([...actions])] }]);
      const { id } = await shared.newKey();
      const { kms, cloudTrail } = shared.as('learner');
      if (target === 'endpoint') hasNoCloudTrail(cloudTrail);
      const site = await startConsoleUnderTest(
        { kms: async () => kms, cloudTrail: async () => cloudTrail },
        target,
      );
      mkdirSync(join(site.root, 'scratch'));
      const call = { at: 1, service: 'kms', operation: 'Decrypt', status: 400, requestId: 'one' };
      appendFileSync(join(site.root, 'scratch/calls.jsonl'), `${JSON.stringify(call)}\n`);
      const page = await browser().newPage();
      onTestFinished(async () => {
        await page.close();
        await site.close();
      });
      await page.goto(site.address.href);

      await page.goto(new URL('/calls', site.address).href);
      expect(await page.locator('.verdict').count()).toBe(0);
      await page.getByRole('button', { name: 'Look at CloudTrail now' }).focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('.verdict');
      expect(await page.textContent('.verdict')).toContain(`Only the calls are shown: ${calls}`);
      expect(await page.locator('.line li b').allTextContents()).toEqual(['Decrypt']);
      await expectGood(page);

      await page.goto(new URL('/keys', site.address).href);
      expect(await page.textContent('main')).toContain(id);
      expect(await page.locator('.verdict').allTextContents()).toEqual(
        keys ? [expect.stringContaining(keys)] : [],
      );
      await expectGood(page);
    },
  );
}
