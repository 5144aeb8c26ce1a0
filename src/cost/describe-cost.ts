import { costOf, type Usage } from './cost.ts';
import { freeKmsRequests } from './prices.ts';

/** What a complete run asks for, in an account that has no other keys. A test holds it against a run. */
export const expectedUsage: Usage = { keys: 3, hours: 1, kmsRequests: 100, lookUps: 10 };

/** What a run will cost: said before it creates anything. */
export function describeExpectedCost(): string {
  const { kmsRequests } = expectedUsage;
  return `It will cost ${forKeys(expectedUsage)}. Some ${kmsRequests} requests to KMS are ${ifFree(expectedUsage)}; CloudTrail is free.`;
}

/** What a run has cost: said when it has cleaned up. */
export function describeCost(usage: Usage): string {
  const { kmsRequests, lookUps } = usage;
  return `It has cost ${forKeys(usage)}. Its ${kmsRequests} requests to KMS are ${ifFree(usage)}; ${lookUps} to CloudTrail are free.`;
}

function forKeys(usage: Usage): string {
  const keys = usage.keys === 1 ? '1 key' : `${usage.keys} keys`;
  const hours = usage.hours > 1 ? `${Math.ceil(usage.hours)} hours` : 'an hour';
  return `about ${dollars(costOf(usage).keys)}: ${keys}, for up to ${hours} each`;
}

function ifFree(usage: Usage): string {
  const free = freeKmsRequests.toLocaleString('en');
  return `free within the first ${free} of a month (${dollars(costOf(usage).kmsRequests)} else)`;
}

function dollars(usd: number): string {
  return `${usd.toFixed(4)} USD`;
}
