import { describe, expect, test } from 'vitest';
import { type IamPolicy, readIamPolicy } from '../../src/cli/doctor/iam-policy.ts';
import { wideningsOf, withoutForbiddenValue } from './policy-changes.ts';
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
  // IAM user guide, reference_iam-quotas.html: all inline policies of a user together, without the white space.
  test('fits into a user', () => {
    expect(JSON.stringify(policy).length).toBeLessThan(2048);
  });

  test('allows a learner nothing outside the workshop', async () => {
    const [widened] = wideningsOf(policy);
    expect(await allowedBy(widened?.policy ?? policy)).not.toEqual([]);
    expect(await allowedBy(policy)).toEqual([]);
  });

  test('allows every harmless name of a run', async () => {
    for (const { what, policy: widened } of withoutForbiddenValue(policy)) {
      expect(await allowedBy(widened), what).toHaveLength(1);
    }
  });

  for (const { what, policy: widened } of wideningsOf(policy)) {
    test(`would allow more with ${what}`, async () => {
      expect(await allowedBy(widened)).not.toEqual([]);
    });
  }
});
