import { type ConditionOperator, conditionOperators, truthValue } from './condition-operators.ts';
import { InvalidPolicy } from './policy-document.ts';
import type { ContextReader } from './policy-text.ts';

/** One condition key under one operator. Whether it holds for a request. */
export type Condition = (read: ContextReader) => boolean;

const operatorName = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/;

/**
 * @param operator such as `StringEquals`, `ForAnyValue:StringLike` or `BoolIfExists`
 * @param values any of them will do; with a `Not` operator, none of them may
 * @throws {InvalidPolicy} for an operator that there isn't, or a value that it can't compare with
 */
export function compileCondition(
  operator: string,
  key: string,
  values: readonly string[],
  withVariables: boolean,
): Condition {
  const [, quantifier, base = '', ifExists] = operatorName.exec(operator) ?? [];
  const lowerKey = key.toLowerCase();
  if (operator === 'Null') return nullCondition(lowerKey, values);
  const known = conditionOperators.get(base);
  if (!known) throw new InvalidPolicy(`'${operator}' is not a condition operator`);
  const holdsFor = valueCheck(known, values, withVariables);

  switch (quantifier) {
    // Both look at one value after the other, and so don't heed IfExists.
    case 'ForAnyValue':
      return (read) => read(lowerKey)?.some(holdsFor(read)) ?? false;
    case 'ForAllValues':
      return (read) => read(lowerKey)?.every(holdsFor(read)) ?? true;
    default:
      return (read) => {
        const actual = read(lowerKey);
        if (!actual) return known.negated || ifExists !== undefined;
        // Of a key with several values, AWS asks for a quantifier. Without one, the policy's values are held against all.
        return known.negated ? actual.every(holdsFor(read)) : actual.some(holdsFor(read));
      };
  }
}

/** The check of one value of the request against all values of the policy. */
function valueCheck(operator: ConditionOperator, values: readonly string[], withVariables: boolean) {
  const prepared = values.map((value) => operator.prepare(value, withVariables));
  return (read: ContextReader) => {
    const tests = prepared.map((prepare) => prepare(read));
    const fits = (actual: string) => tests.some((test) => test?.(actual));
    if (!operator.negated) return fits;
    // An unknown value can't be shown to differ.
    return tests.includes(undefined) ? () => false : (actual: string) => !fits(actual);
  };
}

/** `true`: the request must not have the key. `false`: it must. */
function nullCondition(key: string, values: readonly string[]): Condition {
  const wanted = values.map((value) => {
    const isAbsent = truthValue(value);
    if (isAbsent === undefined) throw new InvalidPolicy(`'${value}' must be true or false for Null`);
    return isAbsent;
  });
  return (read) => wanted.includes(read(key) === undefined);
}
