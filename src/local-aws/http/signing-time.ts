import { AwsError } from '../api/errors.ts';

const fiveMinutes = 5 * 60 * 1000;
const basicFormat = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** A time in ISO 8601's basic format, as in `20250520T204616Z`. */
const basicTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** When a request was signed, in milliseconds since the epoch and in the format that the signature covers. */
export interface SigningTime {
  readonly milliseconds: number;
  readonly basic: string;
}

/** The last one that was read: requests of the same second have the same. */
let latest: SigningTime | undefined;

/**
 * The time that a request was signed, from its `X-Amz-Date` header, or from `Date`.
 *
 * @throws {AwsError} `IncompleteSignatureException` if it is in neither header's format
 */
export function parseSigningTime(time: string): SigningTime {
  if (latest?.basic === time) return latest;
  const basic = basicFormat.exec(time);
  const milliseconds = Date.parse(
    basic ? `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z` : time,
  );
  if (Number.isNaN(milliseconds) || !(basic || time.endsWith('GMT'))) {
    throw new AwsError(
      'IncompleteSignatureException',
      `Date must be in ISO-8601 'basic format'. Got '${time}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  latest = { milliseconds, basic: basic ? time : basicTime(milliseconds) };
  return latest;
}

/** @throws {AwsError} `InvalidSignatureException` if a request was signed more than five minutes ago, or ahead */
export function requireFresh({ milliseconds, basic }: SigningTime, now: number): void {
  if (milliseconds < now - fiveMinutes) {
    throw new AwsError(
      'InvalidSignatureException',
      `Signature expired: ${basic} is now earlier than ${basicTime(now - fiveMinutes)} (${basicTime(now)} - 5 min.)`,
    );
  }
  if (milliseconds > now + fiveMinutes) {
    throw new AwsError(
      'InvalidSignatureException',
      `Signature not yet current: ${basic} is still later than ${basicTime(now + fiveMinutes)} (${basicTime(now)} + 5 min.)`,
    );
  }
}
