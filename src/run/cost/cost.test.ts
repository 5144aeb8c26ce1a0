import { expect, test } from 'vitest';
import { tallyOf } from '../../evidence/request-tally.ts';
import { costOf, usageOf } from './cost.ts';
import { describeCost, describeExpectedCost } from './describe-cost.ts';
import { prices } from './prices.ts';

const usage = { keys: 3, hours: 0.3, kmsRequests: 77, lookUps: 4 };

test('every price has its source and month', () => {
  for (const price of Object.values(prices)) {
    expect(price).toMatchObject({
      source: expect.stringMatching(/^https:\/\/aws\.amazon\.com\/(kms|cloudtrail)\/pricing\/$/),
      asOf: expect.stringMatching(/^20\d\d-(0[1-9]|1[0-2])$/),
    });
  }
});

test('a key costs a dollar a month, by the hour that has begun; 10,000 requests cost 3 cents', () => {
  expect(costOf({ ...usage, keys: 1, hours: 730 }).keys).toBeCloseTo(1, 10);
  expect(costOf({ ...usage, hours: 0.3 }).keys).toBeCloseTo(3 / 730, 10);
  expect(costOf({ ...usage, hours: 1.1 }).keys).toBeCloseTo(6 / 730, 10);
  expect(costOf({ ...usage, kmsRequests: 10_000 }).kmsRequests).toBeCloseTo(0.03, 10);
});

test('the cost covers exactly the requests that were sent', () => {
  const lines = ['request sts', 'request kms', 'key', 'request kms', 'request cloudtrail'];

  expect(usageOf(tallyOf(lines), 30 * 60_000)).toEqual({ keys: 1, hours: 0.5, kmsRequests: 2, lookUps: 1 });
  expect(usageOf(tallyOf([]), 0)).toEqual({ keys: 0, hours: 0, kmsRequests: 0, lookUps: 0 });
});

test('describes the expected cost before a run, and the cost after it', () => {
  expect(describeExpectedCost().split('\n')).toEqual([
    'It will cost about 0.0041 USD: 3 keys, for up to an hour each.',
    'Its requests to KMS, some 100, are within the 20,000 that are free each month',
    '(otherwise 0.0003 USD), and its look-ups in CloudTrail are free.',
  ]);
  expect(describeCost(usage).split('\n')).toEqual([
    'It cost about 0.0041 USD: 3 keys, for up to an hour each.',
    'Its 77 requests to KMS are within the 20,000 that are free each month',
    '(otherwise 0.0002 USD), and its 4 look-ups in CloudTrail are free.',
  ]);
  expect(describeCost({ keys: 0, hours: 0.1, kmsRequests: 2, lookUps: 0 }).split('\n')).toEqual([
    'It cost nothing: no key was created.',
    'Its 2 requests to KMS are within the 20,000 that are free each month',
    '(otherwise less than 0.0001 USD).',
  ]);
  expect(describeCost({ ...usage, keys: 1, hours: 2.5 })).toContain(
    'about 0.0041 USD: 1 key, for up to 3 hours each.',
  );
});
