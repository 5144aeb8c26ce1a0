import { blob, integer, list, oneOf, stringMap, structure, text } from '../api/members.ts';

/*
 * Shapes of KMS's model that several operations share. The patterns are written as the KMS API reference has them, and as
 * errors print them: the Smithy model puts `^` and `$` around all.
 */

export const keyId = text({ min: 1, max: 2048 });
export const aliasName = text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ });
export const marker = text({ min: 1, max: 1024, pattern: /[\u0020-\u00FF]*/ });
export const encryptionContext = stringMap();
export const ciphertextBlob = blob({ min: 1, max: 6144 });
export const tagKey = text({ min: 1, max: 128 });
export const tags = list(structure({ TagKey: tagKey, TagValue: text({ max: 256 }) }));
export const limit = (max: number) => integer({ min: 1, max });
export const encryptionAlgorithm = oneOf([
  'SYMMETRIC_DEFAULT',
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'SM2PKE',
]);
export const arn = text({ min: 20, max: 2048 });
export const grantId = text({ min: 1, max: 128 });
export const grantToken = text({ min: 1, max: 8192 });
export const grantTokens = list(grantToken, { max: 10 });
export const principal = text({ min: 1, max: 256, pattern: /^[\w+=,.@:/-]+$/ });
export const policyName = text({ min: 1, max: 128, pattern: /[\w]+/ });
// biome-ignore lint/suspicious/noControlCharactersInRegex: the model's own pattern allows tab and line ends by name
export const policy = text({ min: 1, max: 131072, pattern: /[\u0009\u000A\u000D\u0020-\u00FF]+/ });
