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

/** Whether a pattern stands for any text at all. */
export const matchesEverything = (pattern: Pattern): boolean =>
  pattern.length > 0 && pattern.every((part) => part === anyCharacters);

/**
 * Whether the whole text is what the pattern stands for. Takes at most as many steps as pattern times text are long,
 * whatever the pattern: a regular expression with as many wildcards could take forever.
 */
export function matches(pattern: Pattern, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  // Where to go on when a character doesn't fit: the last `*` swallows one more.
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
