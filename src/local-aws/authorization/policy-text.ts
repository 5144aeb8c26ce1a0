import { anyCharacters, literalPattern, oneCharacter, type Pattern, wildcardPattern } from './pattern.ts';

/**
 * Reads a condition key of the request that is being decided on.
 *
 * @param key in lower case
 * @returns its values, at least one; undefined if the request doesn't have the key
 */
export type ContextReader = (key: string) => readonly string[] | undefined;

/** A value in a policy. It may have variables in it, such as `${aws:username}`, which the request fills in. */
export interface PolicyText {
  /** The text as it stands. Undefined if a variable has no value. */
  literal(read: ContextReader): string | undefined;
  /** The text with `*` and `?` as wildcards, though not those that come out of a variable. */
  pattern(read: ContextReader): Pattern | undefined;
}

interface Variable {
  /** In lower case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

type Part = { readonly pattern: Pattern } | { readonly variable: Variable };

/**
 * @param withVariables false in policies of the version before 2012-10-17, in which `${` is nothing special
 */
export function policyText(source: string, withVariables: boolean): PolicyText {
  const parts = withVariables ? partsOf(source) : [{ pattern: wildcardPattern(source) }];
  if (parts.some((part) => 'variable' in part)) {
    return {
      literal: (read) => textOf(filledIn(parts, read)),
      pattern: (read) => filledIn(parts, read),
    };
  }
  const pattern = filledIn(parts, () => undefined);
  const literal = textOf(pattern);
  return { literal: () => literal, pattern: () => pattern };
}

function partsOf(source: string): readonly Part[] {
  return source.split(/(\$\{[^}]*\})/).map((piece): Part => {
    const [, inside] = /^\$\{([^}]*)\}$/.exec(piece) ?? [];
    if (inside === undefined) return { pattern: wildcardPattern(piece) };
    // How a policy writes these three where they mean themselves.
    if (['*', '?', '$'].includes(inside)) return { pattern: literalPattern(inside) };
    const [, key = inside, fallback] = /^([^,]*),\s*'(.*)'\s*$/s.exec(inside) ?? [];
    return { variable: { key: key.trim().toLowerCase(), fallback } };
  });
}

function filledIn(parts: readonly Part[], read: ContextReader): Pattern | undefined {
  const filled: Pattern[] = [];
  for (const part of parts) {
    if ('pattern' in part) {
      filled.push(part.pattern);
      continue;
    }
    const values = read(part.variable.key);
    const value = values?.length === 1 ? values[0] : part.variable.fallback;
    if (value === undefined) return undefined;
    filled.push(literalPattern(value));
  }
  return filled.flat();
}

const textOf = (pattern: Pattern | undefined): string | undefined =>
  pattern?.map((part) => (part === anyCharacters ? '*' : part === oneCharacter ? '?' : part)).join('');
