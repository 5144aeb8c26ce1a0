import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { Failure, StepView } from './model.ts';
import { renderFailure } from './render-failure.ts';

const page = { colors: picocolors.createColors(false), width: 80 };
const step: StepView = {
  number: 2,
  name: '02-encrypt',
  title: 'Encrypt',
  state: 'wrong',
  tests: { passed: 3, total: 4 },
};

function rendered(expected: string, got: string): string {
  const failure: Failure = {
    kind: 'wrong',
    test: 'needs as many calls as you predicted',
    todo: { number: 1, title: 'predict the number of calls' },
    sentence: 'You predicted something else.',
    expected,
    got,
    isPrediction: true,
  };
  return renderFailure(step, failure, page).slice(-2).join('\n');
}

test('a prediction stands beside the count', () => {
  expect(rendered('1', '2')).toBe('   counted       1\n   you predicted 2');
});

test('a prediction stands beside the result', () => {
  expect(rendered('false', 'true')).toBe('   it was        false\n   you predicted true');
});
