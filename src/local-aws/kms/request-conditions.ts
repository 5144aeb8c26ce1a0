import type { ConditionContext } from '../authorization/permission.ts';
import type { EncryptionContext } from './ciphertext-blob.ts';
import type { Tag } from './key.ts';

const contextPrefix = 'kms:EncryptionContext:';

/** The condition keys of a request that uses a key for cryptography (KMS developer guide, policy-conditions.html). */
export function cryptographicConditions(request: {
  KeyId?: string | undefined;
  EncryptionContext?: EncryptionContext | undefined;
}): ConditionContext {
  return {
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    ...encryptionContextConditions(request.EncryptionContext ?? {}),
    ...aliasCondition(request.KeyId),
  };
}

export function encryptionContextConditions(context: EncryptionContext): ConditionContext {
  const conditions: Record<string, string | string[]> = { 'kms:EncryptionContextKeys': Object.keys(context) };
  for (const [name, value] of Object.entries(context)) conditions[contextPrefix + name] = value;
  return conditions;
}

/** The encryption context out of the condition keys of a request: what a grant's constraints are about. */
export function encryptionContextIn(conditions: ConditionContext): EncryptionContext {
  const pairs = Object.entries(conditions).filter(([key]) => key.startsWith(contextPrefix));
  return Object.fromEntries(pairs.map(([key, value]) => [key.slice(contextPrefix.length), String(value)]));
}

/** Condition key of a request for a key pair (KMS developer guide, conditions-kms.html). */
export const keyPairConditions = (spec: string): ConditionContext => ({ 'kms:DataKeyPairSpec': spec });

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
