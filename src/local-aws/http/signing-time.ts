import { incomplete, invalid } from './authentication.ts';

const basicFormat = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** A time in ISO 8601's basic format, as in `20250520T204616Z`. */
const basicTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** When a request was signed, in milliseconds since the epoch and in the format that the signature covers. */
export interface SigningTime {
  readonly milliseconds: number;
  readonly basic: string;
}

/** The last one that was read: requests of the same second share it. */
let latest: SigningTime | undefined;

/**
 * The time at which a request was signed, as `X-Amz-Date` or a `Date` header has it. (botocore ends the latter with `-0000`.)
 *
 * @throws {AwsError} `IncompleteSignatureException` if it has neither format
 */
export function parseSigningTime(time: string): SigningTime {
  if (latest?.basic === time) return latest;
  const basic = basicFormat.exec(time);
  const milliseconds = Date.parse(
    basic ? `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z` : time,
  );
  if (Number.isNaN(milliseconds) || !(basic || /(?:GMT|[+-]0000)$/.test(time))) {
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${time}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  latest = { milliseconds, basic: basic ? time : basicTime(milliseconds) };
  return latest;
}

/**
 * @param now milliseconds since the epoch
 * @param minutes how far the two times may be apart
 * @throws {AwsError} `InvalidSignatureException` if a request was signed earlier than that, or later
 */
export function requireFresh({ milliseconds, basic }: SigningTime, now: number, minutes: number): void {
  const window = minutes * 60 * 1000;
  if (milliseconds < now - window) {
    throw invalid(
      `Signature expired: ${basic} is now earlier than ${basicTime(now - window)} (${basicTime(now)} - ${minutes} min.)`,
    );
  }
  if (milliseconds > now + window) {
    throw invalid(
      `Signature not yet current: ${basic} is still later than ${basicTime(now + window)} (${basicTime(now)} + ${minutes} min.)`,
    );
  }
}
