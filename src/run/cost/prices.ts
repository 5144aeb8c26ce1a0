/** A price of AWS's, and where it is from. */
export interface Price {
  /** In US dollars; 0 for what is free. */
  usd: number;
  per: string;
  source: string;
  /** When the source said so: year and month. */
  asOf: string;
}

const kmsPricing = 'https://aws.amazon.com/kms/pricing/';
const cloudTrailPricing = 'https://aws.amazon.com/cloudtrail/pricing/';

/** AWS's prices for the services that the workshop uses. */
export const prices = {
  /** Charged by the hour, from its creation until its deletion is scheduled. */
  key: { usd: 1, per: 'month of a customer managed key', source: kmsPricing, asOf: '2026-03' },
  keyPendingDeletion: { usd: 0, per: 'key whose deletion is scheduled', source: kmsPricing, asOf: '2026-03' },
  /** All requests about symmetric keys cost the same. */
  kmsRequests: { usd: 0.03, per: '10,000 requests to KMS', source: kmsPricing, asOf: '2026-03' },
  lookUps: {
    usd: 0,
    per: "look-up in CloudTrail's event history",
    source: cloudTrailPricing,
    asOf: '2026-03',
  },
} satisfies Record<string, Price>;

/** So many requests to KMS are free each month, in all Regions together: see the source of `kmsRequests`. */
export const freeKmsRequests = 20_000;
