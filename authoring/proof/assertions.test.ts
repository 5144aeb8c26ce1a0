import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { findAssertions, withoutAssertion } from './assertions.ts';

const spec = `import { expect, test } from 'vitest';

test('a', async () => {
  const value: number = await answer();
  expect(value, 'One.').toBe(1);
  // No wrong answer fails here: nobody can get this wrong,
  // not even on purpose.
  await expect(
    Promise.resolve(value),
  ).resolves.toBe(2);
  // An ordinary comment.
  if (value > 3) expect.unreachable('Three.');
  const four = 'Four.';
  expectRefused(value, four);
  answer();
});

function expectRefused(value: number, sentence: string) {
  for (const each of [value]) {
    expect(each, sentence).toBe(5);
  }
}
`;

test('finds every statement that asserts, with its lines', () => {
  expect(findAssertions(spec).map(({ code, lines }) => [code, ...lines])).toEqual([
    ["expect(value, 'One.').toBe(1);", 5, 5],
    ['await expect( Promise.resolve(value), ).resolves.toBe(2);', 8, 10],
    ["expect.unreachable('Three.');", 12, 12],
    ['expectRefused(value, four);', 14, 14],
    ['expect(each, sentence).toBe(5);', 20, 20],
  ]);
});

test('reads why no wrong answer fails, from the comment right above', () => {
  expect(findAssertions(spec).map(({ reason }) => reason)).toEqual([
    undefined,
    'nobody can get this wrong, not even on purpose.',
    undefined,
    undefined,
    undefined,
  ]);
});

test('deletes one, and leaves every line where it is', () => {
  for (const assertion of findAssertions(spec)) {
    const rest = withoutAssertion(spec, assertion);
    expect(findAssertions(rest)).toEqual(findAssertions(spec).filter(({ code }) => code !== assertion.code));
    expect(rest.split('\n').length).toBe(spec.split('\n').length);
    expect(parseSync('step.spec.ts', rest).errors).toEqual([]);
  }
});
