import type { Account } from '../account.ts';
import { accessDenied } from './access-denied.ts';
import { decide } from './decision.ts';
import type { Identities } from './identities.ts';
import type { Permission } from './permission.ts';
import { resourcePolicyOf } from './policy.ts';
import type { Principal } from './principal.ts';
import { type CallCircumstances, requestContext } from './request-context.ts';

/** Requires a permission of the caller; throws AWS's `AccessDeniedException` if the caller hasn't got it. */
export type RequirePermission = (
  principal: Principal,
  permission: Permission,
  circumstances: CallCircumstances,
) => void;

/** Decides by the policies of the caller and of the resource, and by what else entitles the caller. */
export function authorizer(account: Account, identities: Identities): RequirePermission {
  return (principal, permission, circumstances) => {
    const { action, resource, entitlement } = permission;
    const decision = decide({
      request: {
        principal,
        action: action.toLowerCase(),
        resourceArn: resource?.arn,
        read: requestContext(account, principal, permission, circumstances),
      },
      identityPolicies: identities.policiesOf(principal),
      resourcePolicy: resource?.policy === undefined ? undefined : resourcePolicyOf(resource.policy),
      entitlement: () => entitlement?.(principal) ?? 'none',
    });
    if (decision.allowed) return;
    throw accessDenied(principal, permission, decision.denial);
  };
}
