import { AwsError } from '../api/errors.ts';

const fiveMinutes = 5 * 60 * 1000;
const basicFormat = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** A time in ISO 8601's basic format, as in `20250520T204616Z`. */
export const basicTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * The time that a request was signed, from its `X-Amz-Date` header, or from `Date`.
 *
 * @returns milliseconds since the epoch
 * @throws {AwsError} `IncompleteSignatureException` if it is in neither header's format
 */
export function parseRequestTime(time: string): number {
  const parsed = Date.parse(time.replace(basicFormat, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(parsed) || !(basicFormat.test(time) || time.endsWith('GMT'))) {
    throw new AwsError(
      'IncompleteSignatureException',
      `Date must be in ISO-8601 'basic format'. Got '${time}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return parsed;
}

/** @throws {AwsError} `InvalidSignatureException` if a request was signed more than five minutes ago, or ahead */
export function requireFresh(signedAt: number, now: number): void {
  if (signedAt < now - fiveMinutes) {
    throw new AwsError(
      'InvalidSignatureException',
      `Signature expired: ${basicTime(signedAt)} is now earlier than ${basicTime(now - fiveMinutes)} (${basicTime(now)} - 5 min.)`,
    );
  }
  if (signedAt > now + fiveMinutes) {
    throw new AwsError(
      'InvalidSignatureException',
      `Signature not yet current: ${basicTime(signedAt)} is still later than ${basicTime(now + fiveMinutes)} (${basicTime(now)} + 5 min.)`,
    );
  }
}
