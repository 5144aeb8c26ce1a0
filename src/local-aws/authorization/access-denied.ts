import { AwsError } from '../api/errors.ts';
import type { Denial } from './decision.ts';
import type { Permission } from './permission.ts';
import type { Principal } from './principal.ts';

/**
 * AWS's refusal. The sentences are those of the IAM user guide (troubleshoot_access-denied.html); how the resource is named
 * in them, that of answers which people quote in issues: `on resource: *` by KMS, and nothing by CloudTrail, where the
 * action isn't about a resource.
 */
export function accessDenied(principal: Principal, permission: Permission, denial: Denial): AwsError {
  const { action } = permission;
  const sentence = `User: ${principal.arn} is not authorized to perform: ${action}`;
  return new AwsError(
    'AccessDeniedException',
    `${sentence}${resourceIn(permission)} ${reason(permission, denial)}`,
  );
}

/**
 * The refusal of a ciphertext whose key isn't there. AWS doesn't tell it from one whose key refuses the caller: nobody finds
 * out this way which keys there are.
 */
export const keyOfCiphertextDenied = (principal: Principal, action: string): AwsError =>
  accessDenied(principal, { action, namedBy: 'ciphertext' }, 'not-allowed-by-resource-policy');

function resourceIn({ action, resource, namedBy }: Permission): string {
  if (namedBy === 'ciphertext') return ' on the resource associated with this ciphertext';
  if (namedBy === 'nothing') return '';
  if (resource) return ` on resource: ${resource.arn}`;
  return action.startsWith('kms:') ? ' on resource: *' : '';
}

function reason({ action, namedBy }: Permission, denial: Denial): string {
  switch (denial) {
    case 'denied-by-identity-policy':
      return 'with an explicit deny in an identity-based policy';
    case 'not-allowed-by-identity-policy':
      return `because no identity-based policy allows the ${action} action`;
    case 'denied-by-resource-policy':
      return namedBy === 'ciphertext' ? unknownKeyReason : 'with an explicit deny in a resource-based policy';
    case 'not-allowed-by-resource-policy':
      return namedBy === 'ciphertext'
        ? unknownKeyReason
        : `because no resource-based policy allows the ${action} action`;
  }
}

const unknownKeyReason =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';
