import { dryRunSucceeded } from '../../api/errors.ts';
import { boolean, structure } from '../../api/members.ts';
import { grantById } from '../grants/grant-identifier.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { grantId, keyId } from '../shapes.ts';

/** Takes a grant back on the part of those who look after the key. */
export const revokeGrant = kmsOperation({
  name: 'RevokeGrant',
  input: structure({ KeyId: keyId, GrantId: grantId, DryRun: boolean().optional() }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [
    {
      action: 'kms:RevokeGrant',
      resource: key,
      conditions: () => ({ 'kms:GrantIsForAWSResource': 'false' }),
    },
  ],

  run(kms, input, { key }) {
    const grant = grantById(kms, key, input.GrantId);
    if (input.DryRun) throw dryRunSucceeded();
    kms.state.removeGrant(grant.id);
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ keyId: input.KeyId, grantId: input.GrantId }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ key }) => keyResources(key),
  },
});
