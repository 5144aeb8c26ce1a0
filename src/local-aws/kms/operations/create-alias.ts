import { aliasArn } from '../../account.ts';
import { AwsError } from '../../api/errors.ts';
import { structure } from '../../api/members.ts';
import { requireOwnAliasName, requireRoomForAlias } from '../alias-name.ts';
import { keyForAlias } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation, trailResource } from '../kms-operation.ts';
import { aliasName, keyId } from '../shapes.ts';

export const createAlias = kmsOperation({
  name: 'CreateAlias',
  input: structure({ AliasName: aliasName, TargetKeyId: keyId }),

  target(kms, input) {
    requireOwnAliasName(input.AliasName);
    const alias = { arn: aliasArn(kms.account, input.AliasName) };
    return { alias, key: keyForAlias(kms, input.TargetKeyId) };
  },

  permissions: (_input, { alias, key }) => [
    { action: 'kms:CreateAlias', resource: alias },
    { action: 'kms:CreateAlias', resource: key },
  ],

  run(kms, input, { alias, key }) {
    requireState(key, 'CreateAlias');
    if (kms.state.alias(input.AliasName)) {
      throw new AwsError('AlreadyExistsException', `An alias with the name ${alias.arn} already exists`);
    }
    requireRoomForAlias(kms, key);
    const now = kms.clock.now();
    kms.state.putAlias({
      name: input.AliasName,
      arn: alias.arn,
      targetKeyId: key.id,
      createdAt: now,
      updatedAt: now,
    });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ aliasName: input.AliasName, targetKeyId: input.TargetKeyId }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ alias, key }) => [trailResource(key), trailResource(alias)],
  },
});
