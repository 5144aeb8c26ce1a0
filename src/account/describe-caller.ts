import type { Settings } from '../settings.ts';
import type { Caller, UnknownCaller } from './caller.ts';

/** Where a run is going to work, and as whom, in lines. */
export function describeCaller(settings: Settings, caller: Caller | UnknownCaller): string {
  const { target, region, environment } = settings;
  const endpoint = environment.AWS_ENDPOINT_URL_KMS ?? environment.AWS_ENDPOINT_URL;
  const where = endpoint ? `${region}, at ${endpoint}` : region;
  if ('unknown' in caller) return `An account in ${where}.\nWhose it is, isn't known: ${caller.unknown}.`;
  const account = target === 'aws' ? 'The AWS account' : 'The account';
  return `${account} ${caller.account} in ${where},\nas ${caller.arn}`;
}
