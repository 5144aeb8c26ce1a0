import { afterAll, describe, expect, test } from 'vitest';
import { readIamPolicy } from '../../src/cli/doctor/iam-policy.ts';
import { reductionsOf } from './policy-changes.ts';
import { workshopFolders } from './testing/workshop-under-policy.ts';

const policy = readIamPolicy();
// As many as the slow tests' configuration lets run at the same time.
const folders = workshopFolders(2);
afterAll(() => folders.remove());

describe.concurrent('the whole workshop', () => {
  test('passes with docs/iam-policy.json', async () => {
    const { passed, output, enabledKeys, theirs } = await folders.runUnder(policy);

    expect({ passed, output }).toEqual({
      passed: true,
      output: expect.stringMatching(/ All \d+ steps are done\./),
    });
    expect(enabledKeys).toEqual([theirs]);
  });

  for (const { what, policy: reduced, actions } of reductionsOf(policy)) {
    test(`fails without ${what}`, async () => {
      const { passed, output } = await folders.runUnder(reduced);

      // The terminal's lines break anywhere.
      const said = output.replace(/\s+/g, ' ');
      expect(passed).toBe(false);
      expect(said).toMatch(/The workshop could not start\..* → .*npm run doctor -- --with-key|✘ \d /);
      expect(said).toContain(`is not authorized to perform: ${actions[0]}`);
    });
  }
});
