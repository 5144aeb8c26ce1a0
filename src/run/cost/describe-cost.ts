import { costOf, type Usage } from './cost.ts';
import { freeKmsRequests } from './prices.ts';

/** The usage of a complete run, in an account without other keys. A test compares it with a run. */
export const expectedUsage: Usage = { keys: 3, hours: 1, kmsRequests: 100, lookUps: 10 };

/** Describes the expected cost of a run, before it creates anything. */
export function describeExpectedCost(): string {
  const { kmsRequests } = expectedUsage;
  return [
    `It will cost about ${forKeys(expectedUsage)}`,
    `Its requests to KMS, some ${kmsRequests}, are ${withinFree(expectedUsage)}, and its look-ups in CloudTrail are free.`,
  ].join('\n');
}

/** Describes the cost of a run, after it has cleaned up. */
export function describeCost(usage: Usage): string {
  const { keys, kmsRequests, lookUps } = usage;
  const cost = keys === 0 ? 'It cost nothing: no key was created.' : `It cost about ${forKeys(usage)}`;
  if (kmsRequests === 0) return cost;
  const requests = kmsRequests === 1 ? 'Its request to KMS is' : `Its ${kmsRequests} requests to KMS are`;
  const free = `${requests} ${withinFree(usage)}`;
  const ofCloudTrail =
    lookUps === 1 ? 'its look-up in CloudTrail is' : `its ${lookUps} look-ups in CloudTrail are`;
  return [cost, lookUps === 0 ? `${free}.` : `${free}, and ${ofCloudTrail} free.`].join('\n');
}

function forKeys(usage: Usage): string {
  const keys = usage.keys === 1 ? '1 key' : `${usage.keys} keys`;
  const hours = usage.hours > 1 ? `${Math.ceil(usage.hours)} hours` : 'an hour';
  return `${dollars(costOf(usage).keys)}: ${keys}, for up to ${hours} each.`;
}

function withinFree(usage: Usage): string {
  const free = freeKmsRequests.toLocaleString('en');
  const price = costOf(usage).kmsRequests;
  const otherwise = price < 0.000_1 ? 'less than 0.0001 USD' : dollars(price);
  return `within the ${free} that are free each month\n(otherwise ${otherwise})`;
}

function dollars(usd: number): string {
  return `${usd.toFixed(4)} USD`;
}
