import type { AccessRequest, Policy } from './policy.ts';
import type { Relation } from './principal.ts';

/** Why a request is refused. */
export type Denial =
  | 'denied-by-identity-policy'
  | 'denied-by-resource-policy'
  | 'not-allowed-by-identity-policy'
  | 'not-allowed-by-resource-policy';

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly denial: Denial };

export interface Inquiry {
  readonly request: AccessRequest;
  /** Those of the caller. */
  readonly identityPolicies: readonly Policy[];
  /** That of the resource, if it is of a kind that has one. */
  readonly resourcePolicy: Policy | undefined;
  /** Permission from a source other than a policy, such as a grant. */
  readonly entitlement: () => Relation;
}

/**
 * Decides within one account, as KMS does (KMS developer guide, policy-evaluation.html): whatever denies wins. The policy of
 * the resource, if it has one, is where access starts: it may allow the caller itself, or leave the decision to the policies
 * of the account. Where neither allows, a grant may.
 */
export function decide({ request, identityPolicies, resourcePolicy, entitlement }: Inquiry): Decision {
  if (identityPolicies.some((policy) => denies(policy, request))) return denied('denied-by-identity-policy');
  if (resourcePolicy && denies(resourcePolicy, request)) return denied('denied-by-resource-policy');

  const allowance = resourcePolicy ? allowanceBy(resourcePolicy, request) : 'account';
  const suffices = (relation: Relation) =>
    relation === 'caller' ||
    (relation === 'account' && identityPolicies.some((policy) => allowanceBy(policy, request) === 'caller'));
  if (suffices(allowance) || suffices(entitlement())) return allowed;
  return denied(
    allowance === 'account' ? 'not-allowed-by-identity-policy' : 'not-allowed-by-resource-policy',
  );
}

const allowed: Decision = { allowed: true };
const denied = (denial: Denial): Decision => ({ allowed: false, denial });

const denies = (policy: Policy, request: AccessRequest): boolean =>
  policy.some((statement) => statement.effect === 'Deny' && statement.relation(request) !== 'none');

/** The most that the policy allows: more to the caller itself than to its account. */
function allowanceBy(policy: Policy, request: AccessRequest): Relation {
  let allowance: Relation = 'none';
  for (const statement of policy) {
    if (statement.effect !== 'Allow') continue;
    const relation = statement.relation(request);
    if (relation === 'caller') return 'caller';
    if (relation === 'account') allowance = 'account';
  }
  return allowance;
}
