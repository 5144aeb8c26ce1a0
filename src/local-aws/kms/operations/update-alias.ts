import { aliasArn } from '../../account.ts';
import { structure } from '../../api/members.ts';
import { requireOwnAliasName, requireRoomForAlias } from '../alias-name.ts';
import { aliasNotFound, keyByIdOrArn, keyForAlias } from '../key-identifier.ts';
import { requireState } from '../key-states.ts';
import { kmsOperation, trailResource } from '../kms-operation.ts';
import { aliasName, keyId } from '../shapes.ts';

export const updateAlias = kmsOperation({
  name: 'UpdateAlias',
  input: structure({ AliasName: aliasName, TargetKeyId: keyId }),

  target(kms, input) {
    requireOwnAliasName(input.AliasName);
    const alias = kms.state.alias(input.AliasName);
    if (!alias) throw aliasNotFound(aliasArn(kms.account, input.AliasName));
    return {
      alias,
      from: keyByIdOrArn(kms, alias.targetKeyId),
      to: keyForAlias(kms, input.TargetKeyId),
    };
  },

  permissions: (_input, { alias, from, to }) =>
    [alias, from, to].map((resource) => ({ action: 'kms:UpdateAlias', resource })),

  run(kms, _input, { alias, to }) {
    requireState(to, 'UpdateAlias');
    if (to.id !== alias.targetKeyId) requireRoomForAlias(kms, to);
    kms.state.putAlias({ ...alias, targetKeyId: to.id, updatedAt: kms.clock.now() });
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ aliasName: input.AliasName, targetKeyId: input.TargetKeyId }),
    responseElements: (_output, { to }) => ({ keyId: to.arn }),
    resources: ({ alias, to }) => [trailResource(alias), trailResource(to)],
  },
});
