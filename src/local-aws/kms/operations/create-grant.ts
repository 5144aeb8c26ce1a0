import { isDeepStrictEqual } from 'node:util';
import { AwsError, dryRunSucceeded } from '../../api/errors.ts';
import { boolean, list, oneOf, structure, text } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { type GrantTerms, grantOperations, newGrant } from '../grants/grant.ts';
import { allowsCreating } from '../grants/grant-allowance.ts';
import { grantConditions, requireUsableTerms } from '../grants/grant-terms.ts';
import { grantIdIn, newGrantToken } from '../grants/grant-token.ts';
import { strongestGrant } from '../key-access.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { arn, encryptionContext, grantTokens, keyId, principal } from '../shapes.ts';

/** KMS developer guide, resource-limits.html. */
const mostGrants = 50_000;

/** Lets somebody use a key, beside all policies. */
export const createGrant = kmsOperation({
  name: 'CreateGrant',
  input: structure({
    KeyId: keyId,
    GranteePrincipal: principal.optional(),
    GranteeServicePrincipal: principal.optional(),
    RetiringPrincipal: principal.optional(),
    RetiringServicePrincipal: principal.optional(),
    Operations: list(oneOf(grantOperations)),
    Constraints: structure({
      EncryptionContextSubset: encryptionContext.optional(),
      EncryptionContextEquals: encryptionContext.optional(),
      SourceArn: arn.optional(),
    }).optional(),
    GrantTokens: grantTokens.optional(),
    Name: text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ }).optional(),
    DryRun: boolean().optional(),
  }),

  target(kms, { KeyId, GrantTokens, DryRun, ...given }) {
    const terms: GrantTerms = { ...given, Operations: [...new Set(given.Operations)].sort() };
    return { key: keyByIdOrArn(kms, KeyId), terms };
  },

  permissions: (input, { key, terms }, kms) => [
    {
      action: 'kms:CreateGrant',
      resource: key,
      conditions: () => grantConditions(terms),
      entitlement: (caller) =>
        strongestGrant(kms, key, (input.GrantTokens ?? []).map(grantIdIn), caller, (grant) =>
          allowsCreating(grant, terms),
        ),
    },
  ],

  run(kms, input, { key, terms }) {
    requireState(key, 'CreateGrant');
    requireUsableTerms(kms, terms);
    const present = kms.state.grantsOf(key.id);
    // Without a name, every grant is another one.
    const same = terms.Name && present.find((grant) => isDeepStrictEqual(grant.terms, terms));
    if (!same && present.length >= mostGrants) {
      throw new AwsError('LimitExceededException', `A key can have ${mostGrants} grants.`);
    }
    if (input.DryRun) throw dryRunSucceeded();
    const grant = same || newGrant(key, terms, kms.clock.now());
    if (!same) kms.state.putGrant(grant);
    return { GrantId: grant.id, GrantToken: newGrantToken(grant.id) };
  },

  trail: {
    readOnly: false,
    requestParameters: ({ GrantTokens, DryRun, Constraints, ...members }) =>
      trailMembers({ ...members, Constraints: Constraints && trailMembers(Constraints) }),
    responseElements: (output, { key }) => ({ grantId: output.GrantId, keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
