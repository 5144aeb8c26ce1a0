/** The wildcards of the policy language: any characters, also none; and exactly one. */
export const anyCharacters = Symbol('*');
export const oneCharacter = Symbol('?');

/** A text with wildcards, character by character. */
export type Pattern = readonly (string | typeof anyCharacters | typeof oneCharacter)[];

export const literalPattern = (text: string): Pattern => text.split('');

/** Reads `*` and `?` as wildcards. */
export const wildcardPattern = (text: string): Pattern =>
  text
    .split('')
    .map((character) => (character === '*' ? anyCharacters : character === '?' ? oneCharacter : character));

/** True if a pattern matches every text. */
export const matchesEverything = (pattern: Pattern): boolean =>
  pattern.length > 0 && pattern.every((part) => part === anyCharacters);

/**
 * True if the pattern matches the whole text. The number of steps is at most the product of both lengths,
 * whatever the pattern: a regular expression with as many wildcards could take forever.
 */
export function matches(pattern: Pattern, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  // Position to resume from after a mismatch: the last `*` takes one more character.
  let afterWildcard = -1;
  let swallowedUpTo = 0;
  while (inText < text.length) {
    const part = pattern[inPattern];
    if (part === anyCharacters) {
      afterWildcard = inPattern + 1;
      swallowedUpTo = inText;
      inPattern = afterWildcard;
    } else if (part === oneCharacter || part === text[inText]) {
      inPattern += 1;
      inText += 1;
    } else if (afterWildcard >= 0) {
      swallowedUpTo += 1;
      inPattern = afterWildcard;
      inText = swallowedUpTo;
    } else {
      return false;
    }
    if (afterWildcard === pattern.length) return true;
  }
  return pattern.slice(inPattern).every((part) => part === anyCharacters);
}
