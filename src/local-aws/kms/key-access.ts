import type { ConditionContext, Permission, ProtectedResource } from '../authorization/permission.ts';
import { type Principal, type Relation, strongest } from '../authorization/principal.ts';
import type { Grant } from './grants/grant.ts';
import { allowsOperation, relationToGrantee } from './grants/grant-allowance.ts';
import { grantIdIn } from './grants/grant-token.ts';
import type { Kms } from './kms.ts';
import { encryptionContextIn } from './request-conditions.ts';

/**
 * Adds to permissions what goes for all that are about a key: the condition keys that come with the key, and what grants
 * allow.
 *
 * @param grantTokens those that the request brings
 * @throws {AwsError} `InvalidGrantTokenException`
 */
export function withKeyAccess(
  kms: Kms,
  grantTokens: readonly string[],
  permissions: readonly Permission[],
): readonly Permission[] {
  const namedGrants = grantTokens.map(grantIdIn);
  return permissions.map((permission) => {
    const { action, resource, conditions, entitlement, namedBy } = permission;
    if (!isKey(resource)) return permission;
    const byGrants = (principal: Principal) => {
      const context = encryptionContextIn(conditions?.() ?? {});
      const operation = action.slice('kms:'.length);
      return strongestGrant(kms, resource, namedGrants, principal, (grant) =>
        allowsOperation(grant, operation, context),
      );
    };
    // Written out, and not spread: this runs for every call.
    return {
      action,
      resource,
      conditions: () => ({ ...keyConditions(kms, resource), ...conditions?.() }),
      entitlement: entitlement ?? byGrants,
      namedBy,
    };
  });
}

/**
 * The most that the grants of a key allow a caller.
 *
 * @param namedGrants the ids of grants that the request names by tokens: these count before they are seen everywhere
 * @param allows whether a grant allows its grantee what is asked for
 */
export function strongestGrant(
  kms: Kms,
  key: ProtectedResource,
  namedGrants: readonly string[],
  principal: Principal,
  allows: (grant: Grant) => boolean,
): Relation {
  const named = namedGrants.flatMap((id) => kms.newestState.grant(id) ?? []);
  const grants = [...kms.state.grantsOf(keyIdIn(key)), ...named.filter((grant) => grant.keyArn === key.arn)];
  return strongest(grants.filter(allows).map((grant) => relationToGrantee(grant, principal)));
}

const isKey = (resource: ProtectedResource | undefined): resource is ProtectedResource =>
  resource?.policy !== undefined;

const keyIdIn = ({ arn }: ProtectedResource): string => arn.slice(arn.lastIndexOf('/') + 1);

/** KMS developer guide, conditions-kms.html: the keys that are about the KMS key of the request, whatever the operation. */
const keyConditions = (kms: Kms, key: ProtectedResource): ConditionContext => ({
  'kms:CallerAccount': kms.account.accountId,
  'kms:CustomerMasterKeySpec': 'SYMMETRIC_DEFAULT',
  'kms:CustomerMasterKeyUsage': 'ENCRYPT_DECRYPT',
  'kms:KeyOrigin': 'AWS_KMS',
  'kms:KeySpec': 'SYMMETRIC_DEFAULT',
  'kms:KeyUsage': 'ENCRYPT_DECRYPT',
  'kms:MultiRegion': 'false',
  'kms:ResourceAliases': kms.state.aliases(keyIdIn(key)).map((alias) => alias.name),
});
