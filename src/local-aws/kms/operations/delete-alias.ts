import { aliasArn } from '../../account.ts';
import { structure } from '../../api/members.ts';
import { requireOwnAliasName } from '../alias-name.ts';
import { aliasNotFound, keyByIdOrArn } from '../key-identifier.ts';
import { kmsOperation, trailResource } from '../kms-operation.ts';
import { aliasName } from '../shapes.ts';

export const deleteAlias = kmsOperation({
  name: 'DeleteAlias',
  input: structure({ AliasName: aliasName }),

  target(kms, input) {
    requireOwnAliasName(input.AliasName);
    const alias = kms.state.alias(input.AliasName);
    if (!alias) throw aliasNotFound(aliasArn(kms.account, input.AliasName));
    return { alias, key: keyByIdOrArn(kms, alias.targetKeyId) };
  },

  permissions: (_input, { alias, key }) => [
    { action: 'kms:DeleteAlias', resource: alias },
    { action: 'kms:DeleteAlias', resource: key },
  ],

  run(kms, _input, { alias }) {
    kms.state.removeAlias(alias.name);
    return {};
  },

  trail: {
    readOnly: false,
    requestParameters: (input) => ({ aliasName: input.AliasName }),
    responseElements: (_output, { key }) => ({ keyId: key.arn }),
    resources: ({ alias, key }) => [trailResource(alias), trailResource(key)],
  },
});
