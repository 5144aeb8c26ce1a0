import {
  CreateAliasCommand,
  DeleteAliasCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { constraint, type GoldenRow, golden, missing, source, startWorld } from './golden-answers.ts';

startWorld();

const { model, own, recorded } = source;

const withoutPrefix =
  'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html';
const tooLong = `alias/${'x'.repeat(251)}`;

/** A name that no alias of a caller can have. `names` gives the whole input. */
const badNames = (input: (AliasName: string, keyId: string) => object): readonly GoldenRow<object>[] => [
  ['no prefix', ({ key }) => input('golden', key.id), withoutPrefix, recorded],
  [
    'a space',
    ({ key }) => input('alias/my key', key.id),
    constraint("'alias/my key' at 'aliasName'", 'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$'),
    model,
  ],
  [
    'a colon',
    ({ key }) => input('alias/my:key', key.id),
    'ValidationException: alias/my:key contains invalid characters for an alias',
    own,
  ],
  [
    '257 characters',
    ({ key }) => input(tooLong, key.id),
    constraint(`'${tooLong}' at 'aliasName'`, 'have length less than or equal to 256'),
    model,
  ],
  // CreateAlias: "alias/aws/ is reserved"; the name of the error is the one that emulators agree on.
  ["AWS's own prefix", ({ key }) => input('alias/aws/mine', key.id), 'NotAuthorizedException', own],
];

golden('CreateAlias', (kms, input: CreateAliasCommand['input']) => kms.send(new CreateAliasCommand(input)), [
  ...badNames((AliasName, TargetKeyId) => ({ AliasName, TargetKeyId })),
  ['no name', ({ key }) => ({ TargetKeyId: key.id }), missing('aliasName'), model],
  ['no key', () => ({ AliasName: 'alias/new' }), missing('targetKeyId'), model],
]);

golden('UpdateAlias', (kms, input: UpdateAliasCommand['input']) => kms.send(new UpdateAliasCommand(input)), [
  ...badNames((AliasName, TargetKeyId) => ({ AliasName, TargetKeyId })),
]);

golden('DeleteAlias', (kms, input: DeleteAliasCommand['input']) => kms.send(new DeleteAliasCommand(input)), [
  ...badNames((AliasName) => ({ AliasName })),
  ['no name', () => ({}), missing('aliasName'), model],
]);

golden('ListAliases', (kms, input: ListAliasesCommand['input']) => kms.send(new ListAliasesCommand(input)), [
  // The model says 1000 for all lists; the API reference 100 for this one.
  ['a marker of nobody', () => ({ Marker: 'abc' }), 'InvalidMarkerException: Invalid marker: abc', own],
]);

const tag = (TagKey: string) => ({ TagKey, TagValue: '' });

golden('TagResource', (kms, input: TagResourceCommand['input']) => kms.send(new TagResourceCommand(input)), [
  ['no tags', ({ key }) => ({ KeyId: key.id }), missing('tags'), model],
  [
    'a tag with an empty key',
    ({ key }) => ({ KeyId: key.id, Tags: [tag('')] }),
    constraint("'' at 'tags.1.member.tagKey'", 'have length greater than or equal to 1'),
    model,
  ],
  [
    'a second tag whose value is too long',
    ({ key }) => ({ KeyId: key.id, Tags: [tag('a'), { TagKey: 'b', TagValue: 'v'.repeat(257) }] }),
    constraint(`'${'v'.repeat(257)}' at 'tags.2.member.tagValue'`, 'have length less than or equal to 256'),
    recorded,
  ],
]);

golden(
  'UntagResource',
  (kms, input: UntagResourceCommand['input']) => kms.send(new UntagResourceCommand(input)),
  [
    ['no tag keys', ({ key }) => ({ KeyId: key.id }), missing('tagKeys'), model],
    [
      'a tag key of 129 characters',
      ({ key }) => ({ KeyId: key.id, TagKeys: ['k'.repeat(129)] }),
      constraint(`'${'k'.repeat(129)}' at 'tagKeys.1.member'`, 'have length less than or equal to 128'),
      model,
    ],
  ],
);

golden(
  'ListResourceTags',
  (kms, input: ListResourceTagsCommand['input']) => kms.send(new ListResourceTagsCommand(input)),
  [
    ['no key', () => ({}), missing('keyId'), model],
    // The model says 1000 for all lists; the API reference 50 for this one.
    [
      'a marker of nobody',
      ({ key }) => ({ KeyId: key.id, Marker: 'abc' }),
      'InvalidMarkerException: Invalid marker: abc',
      own,
    ],
  ],
);
