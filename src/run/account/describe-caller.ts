import type { Settings } from '../../settings/settings.ts';
import { wrap } from '../../text/layout.ts';
import type { Caller, UnknownCaller } from './caller.ts';

/** In columns: what is announced has no page of its own. */
const width = 77;

/** A Region, and where its KMS is asked for if that isn't AWS's. */
export function describePlace({ region, environment }: Settings): string {
  const endpoint = environment.AWS_ENDPOINT_URL_KMS ?? environment.AWS_ENDPOINT_URL;
  return endpoint ? `${region}, at ${endpoint}` : region;
}

/** Describes the account and the caller of a run, in lines. */
export function describeCaller(settings: Settings, caller: Caller | UnknownCaller): string {
  const where = describePlace(settings);
  if ('unknown' in caller) {
    const whose = wrap(`Could not identify it: ${caller.unknown}.`, width);
    return [`An account in ${where}.`, ...whose].join('\n');
  }
  const account = settings.target === 'aws' ? 'The AWS account' : 'The account';
  return `${account} ${caller.account} in ${where},\nas ${caller.arn}`;
}
