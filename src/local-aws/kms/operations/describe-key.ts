import { structure } from '../../api/members.ts';
import { keyMetadata } from '../key.ts';
import { keyByAnyIdentifier } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { aliasCondition } from '../request-conditions.ts';
import { grantTokens, keyId } from '../shapes.ts';

export const describeKey = kmsOperation({
  name: 'DescribeKey',
  input: structure({ KeyId: keyId, GrantTokens: grantTokens.optional() }),
  target: (kms, input) => ({ key: keyByAnyIdentifier(kms, input.KeyId) }),
  permissions: (input, { key }) => [
    { action: 'kms:DescribeKey', resource: key, conditions: () => aliasCondition(input.KeyId) },
  ],
  run: (kms, _input, { key }) => ({ KeyMetadata: keyMetadata(kms.account, key) }),
  trail: {
    readOnly: true,
    requestParameters: (input) => ({ keyId: input.KeyId }),
    resources: ({ key }) => keyResources(key),
  },
});
