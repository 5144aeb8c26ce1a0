import type { RequestTally } from '../../evidence/request-tally.ts';
import { prices } from './prices.ts';

/** The usage that AWS charges for. */
export interface Usage {
  /** Number of keys created. */
  keys: number;
  /** How long each was there before its deletion was scheduled, at most. */
  hours: number;
  kmsRequests: number;
  /** Number of requests sent to CloudTrail. */
  lookUps: number;
}

/** @param milliseconds how long the keys were there, at most */
export function usageOf({ keys, requests }: RequestTally, milliseconds: number): Usage {
  return {
    keys,
    hours: milliseconds / (60 * 60 * 1000),
    kmsRequests: requests.get('kms') ?? 0,
    lookUps: requests.get('cloudtrail') ?? 0,
  };
}

/** The cost in US dollars, at most. */
export interface Cost {
  keys: number;
  /** If the month's free requests are used up. */
  kmsRequests: number;
}

/** As AWS reckons: 365 days of 24 hours, in 12 months. See https://aws.amazon.com/calculator/calculator-assumptions */
const hoursOfMonth = 730;

/** A key is charged by the hour, of which each that has begun is counted as a whole one. */
export function costOf({ keys, hours, kmsRequests }: Usage): Cost {
  return {
    keys: (keys * Math.ceil(hours) * prices.key.usd) / hoursOfMonth,
    kmsRequests: (kmsRequests * prices.kmsRequests.usd) / 10_000,
  };
}
