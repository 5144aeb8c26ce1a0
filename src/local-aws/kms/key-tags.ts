import { AwsError } from '../api/errors.ts';
import type { Tag } from './key.ts';

/** Tag editor user guide, tagging.html: the characters that tags may have in all AWS services. */
const tagForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** KMS developer guide, resource-limits: 50 tags a resource, in all AWS services. */
const mostTags = 50;

const tagError = (message: string) => new AwsError('TagException', message);

/**
 * The tags of a key after some are added; one with a known tag key replaces the value.
 *
 * @throws {AwsError} `TagException`, with the texts of recorded answers
 */
export function withTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const values = new Map(present.map((tag) => [tag.TagKey, tag.TagValue]));
  if (new Set(added.map((tag) => tag.TagKey)).size < added.length) throw tagError('Duplicate tag keys');
  if (added.some((tag) => tag.TagKey.toLowerCase().startsWith('aws:')))
    throw tagError('Tags beginning with aws: are reserved');
  // CloudTrail's record of AWS's answer, quoted in crossplane-contrib/provider-upjet-aws#922.
  if (added.some((tag) => !tagForm.test(tag.TagKey) || !tagForm.test(tag.TagValue)))
    throw tagError('Invalid tag');
  for (const tag of added) values.set(tag.TagKey, tag.TagValue);
  if (values.size > mostTags) throw tagError('Too many tags');
  return [...values].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
