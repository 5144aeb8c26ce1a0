import { describe, expect, test } from 'vitest';
import { type IamPolicy, readIamPolicy } from './iam-policy.ts';
import { wideningsOf } from './policy-changes.ts';
import { shareAccount } from './testing/shared-account.ts';

const policy = readIamPolicy();

/** The trespasses that a policy doesn't keep from succeeding. */
async function allowedBy(tried: IamPolicy): Promise<string[]> {
  const account = await shareAccount(tried);
  const allowed: string[] = [];
  try {
    for (const { what, attempt } of account.trespasses) {
      const outcome = await attempt().then(
        () => 'done',
        (error: Error) => error.name,
      );
      expect(['done', 'AccessDeniedException']).toContain(outcome);
      if (outcome === 'done') allowed.push(what);
    }
    return allowed;
  } finally {
    await account.close();
  }
}

describe('docs/iam-policy.json', () => {
  test('keeps a learner from everything that is not the workshop', async () => {
    expect(await allowedBy(policy)).toEqual([]);
  });

  for (const { what, policy: widened } of wideningsOf(policy)) {
    test(`would let more happen with ${what}`, async () => {
      expect(await allowedBy(widened)).not.toEqual([]);
    });
  }
});
