import { dryRunSucceeded, validationError } from '../../api/errors.ts';
import { boolean, structure } from '../../api/members.ts';
import { strongest } from '../../authorization/principal.ts';
import type { Grant } from '../grants/grant.ts';
import { relationToGrantee, relationToRetirer } from '../grants/grant-allowance.ts';
import { grantById, grantNotFound } from '../grants/grant-identifier.ts';
import { grantIdIn } from '../grants/grant-token.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import type { Kms } from '../kms.ts';
import { kmsOperation, trailResource } from '../kms-operation.ts';
import { grantId, grantToken, keyId } from '../shapes.ts';

/** Takes a grant back on the part of those whom it serves. The grant itself says who may. */
export const retireGrant = kmsOperation({
  name: 'RetireGrant',
  input: structure({
    GrantToken: grantToken.optional(),
    KeyId: keyId.optional(),
    GrantId: grantId.optional(),
    DryRun: boolean().optional(),
  }),
  target: (kms, input) => ({ grant: grantIn(kms, input) }),

  /**
   * The retiring principal may, and the grantee if the grant allows it; and whom the account's policies allow, because the
   * account may, too. What the key policy says doesn't matter (KMS developer guide, grant-delete.html): so the key is given
   * without it.
   */
  permissions: (_input, { grant }) => [
    {
      action: 'kms:RetireGrant',
      resource: { arn: grant.keyArn },
      entitlement: (caller) =>
        strongest([
          relationToRetirer(grant, caller),
          grant.terms.Operations.includes('RetireGrant') ? relationToGrantee(grant, caller) : 'none',
        ]),
    },
  ],

  run(kms, input, { grant }) {
    if (input.DryRun) throw dryRunSucceeded();
    kms.state.removeGrant(grant.id);
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId, grantId: input.GrantId }),
    responseElements: (_output, { grant }) => ({ keyId: grant.keyArn }),
    resources: ({ grant }) => [trailResource({ arn: grant.keyArn })],
    additionalEventData: (_output, { grant }) => ({ grantId: grant.id }),
  },
});

type Identifiers = {
  GrantToken?: string | undefined;
  KeyId?: string | undefined;
  GrantId?: string | undefined;
};

/** The grant that the request names, by a token or by its id and the key. */
function grantIn(kms: Kms, { GrantToken, KeyId, GrantId }: Identifiers): Grant {
  if (GrantToken !== undefined && KeyId === undefined && GrantId === undefined) {
    const id = grantIdIn(GrantToken);
    const grant = kms.state.grant(id);
    if (!grant) throw grantNotFound(id);
    return grant;
  }
  if (GrantToken === undefined && KeyId !== undefined && GrantId !== undefined) {
    return grantById(kms, keyByIdOrArn(kms, KeyId), GrantId);
  }
  throw validationError('You must specify either a GrantToken, or both a KeyId and a GrantId.');
}
