import { anyCharacters, matches, matchesEverything, type Pattern } from './pattern.ts';

/** An ARN has six parts: `arn:partition:service:region:account:resource`. Only the last may have colons in it. */
const partCount = 6;

/** A pattern for ARNs. A wildcard in one part doesn't reach into the next. */
export type ArnPattern =
  | { readonly every: true }
  | { readonly every: false; readonly parts: readonly Pattern[] };

/**
 * @param missingParts what is made of a pattern of fewer parts: IAM completes the ones in a `Resource` element with
 *   wildcards (IAM user guide, reference_policies_elements_resource.html), while those in a condition match nothing
 */
export function arnPattern(pattern: Pattern, missingParts: 'complete' | 'match-nothing'): ArnPattern {
  if (matchesEverything(pattern)) return { every: true };
  const parts: Pattern[] = [];
  let start = 0;
  for (let at = 0; at < pattern.length && parts.length < partCount - 1; at++) {
    if (pattern[at] !== ':') continue;
    parts.push(pattern.slice(start, at));
    start = at + 1;
  }
  parts.push(pattern.slice(start));
  while (missingParts === 'complete' && parts.length < partCount) parts.push([anyCharacters]);
  return { every: false, parts };
}

export function matchesArn(pattern: ArnPattern, arn: string): boolean {
  if (pattern.every) return true;
  const parts = partsOf(arn);
  return (
    parts.length === pattern.parts.length &&
    pattern.parts.every((part, index) => matches(part, parts[index] ?? ''))
  );
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= partCount
    ? parts
    : [...parts.slice(0, partCount - 1), parts.slice(partCount - 1).join(':')];
}
