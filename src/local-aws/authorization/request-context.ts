import type { Account } from '../account.ts';
import type { ConditionContext, Permission } from './permission.ts';
import type { ContextReader } from './policy-text.ts';
import type { Principal } from './principal.ts';

/** Origin and time of a call. */
export interface CallCircumstances {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly sourceAddress: string;
  readonly userAgent: string;
}

/** The condition keys of a request. They are put together when a policy asks for the first: most don't. */
export function requestContext(
  account: Account,
  principal: Principal,
  permission: Permission,
  circumstances: CallCircumstances,
): ContextReader {
  let values: Map<string, string[]> | undefined;
  return (key) => {
    values ??= collected([
      callerConditions(principal),
      circumstanceConditions(account, circumstances),
      resourceConditions(account, permission),
      permission.conditions?.() ?? {},
    ]);
    return values.get(key);
  };
}

/** By key in lower case. A key without values is one that isn't there. */
function collected(contexts: readonly ConditionContext[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [key, given] of contexts.flatMap((context) => Object.entries(context))) {
    const list = typeof given === 'string' ? [given] : given;
    if (list.length === 0) continue;
    const lowerKey = key.toLowerCase();
    values.set(lowerKey, [...(values.get(lowerKey) ?? []), ...list]);
  }
  return values;
}

/** IAM user guide, reference_policies_condition-keys.html, properties of the principal; and the table of its variables. */
function callerConditions(principal: Principal): ConditionContext {
  const { accountId, principalId } = principal;
  const common = {
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': principalId,
  };
  if (principal.type === 'IAMUser') {
    return {
      ...common,
      'aws:PrincipalArn': principal.arn,
      'aws:PrincipalType': 'User',
      'aws:username': principal.userName,
    };
  }
  return {
    ...common,
    'aws:PrincipalArn': principal.role.arn,
    'aws:PrincipalType': 'AssumedRole',
    'aws:TokenIssueTime': new Date(principal.startedAt).toISOString(),
    'aws:MultiFactorAuthPresent': 'false',
  };
}

function circumstanceConditions(account: Account, circumstances: CallCircumstances): ConditionContext {
  return {
    'aws:CurrentTime': new Date(circumstances.time).toISOString(),
    'aws:EpochTime': String(Math.floor(circumstances.time / 1000)),
    'aws:RequestedRegion': account.region,
    'aws:SourceIp': circumstances.sourceAddress,
    'aws:UserAgent': circumstances.userAgent,
    'aws:ViaAWSService': 'false',
    // There is no TLS on loopback. Clients reach AWS by TLS, though, and a policy that insists on it must work as it does there.
    'aws:SecureTransport': 'true',
  };
}

function resourceConditions(account: Account, { resource }: Permission): ConditionContext {
  if (!resource) return {};
  const tags = (resource.tags ?? []).map((tag) => [`aws:ResourceTag/${tag.TagKey}`, tag.TagValue]);
  return { ...Object.fromEntries(tags), 'aws:ResourceAccount': account.accountId };
}
