import type { ConditionContext } from '../authorization/permission.ts';
import type { EncryptionContext } from './ciphertext-blob.ts';
import type { Tag } from './key.ts';

/** The condition keys of a request that uses a key for cryptography (KMS developer guide, policy-conditions.html). */
export function cryptographicConditions(request: {
  KeyId?: string | undefined;
  EncryptionContext?: EncryptionContext | undefined;
}): ConditionContext {
  const context = request.EncryptionContext ?? {};
  const conditions: Record<string, string | string[]> = { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' };
  for (const [name, value] of Object.entries(context)) conditions[`kms:EncryptionContext:${name}`] = value;
  if (Object.keys(context).length > 0) conditions['kms:EncryptionContextKeys'] = Object.keys(context);
  return { ...conditions, ...aliasCondition(request.KeyId) };
}

/** `kms:RequestAlias`, for a request that names its key by an alias. */
export function aliasCondition(identifier: string | undefined): ConditionContext {
  const alias = identifier === undefined ? undefined : /(?:^|:)(alias\/.+)$/.exec(identifier)?.[1];
  return alias === undefined ? {} : { 'kms:RequestAlias': alias };
}

/** The condition keys of a request that brings tags. */
export function tagConditions(tags: readonly Tag[]): ConditionContext {
  if (tags.length === 0) return {};
  const conditions: Record<string, string | string[]> = { 'aws:TagKeys': tags.map((tag) => tag.TagKey) };
  for (const tag of tags) conditions[`aws:RequestTag/${tag.TagKey}`] = tag.TagValue;
  return conditions;
}
