import type { IamPolicy, Statement } from '../../src/cli/doctor/iam-policy.ts';

/** A policy that differs in one thing. */
export interface ChangedPolicy {
  /** Name of the change, such as `kms:CreateAlias in GiveKeysTheAliasesOfTheWorkshop`. */
  what: string;
  /** Actions of the changed statement. */
  actions: string[];
  policy: IamPolicy;
}

/** The policies that allow more: each lacks one of the values that a condition forbids. */
export function withoutForbiddenValue(policy: IamPolicy): ChangedPolicy[] {
  return policy.Statement.flatMap((statement) => {
    const [key = '', values = []] = Object.entries(statement.Condition?.StringNotLike ?? {})[0] ?? [];
    return [values].flat().map((value) => {
      const others = [values].flat().filter((other) => other !== value);
      return {
        what: `${value} of ${key} in ${statement.Sid}`,
        actions: statement.Action,
        policy: replacing(policy, statement, withCondition(statement, 'StringNotLike', key, others)),
      };
    });
  });
}

/** The policies that allow less: each lacks one action of one statement, or one of several values of a condition. */
export function reductionsOf(policy: IamPolicy): ChangedPolicy[] {
  return policy.Statement.flatMap((statement) => [
    ...statement.Action.map((action) => ({
      what: `${action} in ${statement.Sid}`,
      actions: [action],
      policy: replacing(policy, statement, {
        ...statement,
        Action: statement.Action.filter((other) => other !== action),
      }),
    })),
    ...conditionsOf(statement).flatMap(({ operator, key, values }) =>
      typeof values === 'string' || operator === 'StringNotLike'
        ? []
        : values.map((value) => ({
            what: `${value} of ${key} in ${statement.Sid}`,
            actions: statement.Action,
            policy: replacing(
              policy,
              statement,
              withCondition(
                statement,
                operator,
                key,
                values.filter((other) => other !== value),
              ),
            ),
          })),
    ),
  ]);
}

/**
 * The policies that allow more: each lacks one condition, or takes any value where a condition wants one, or any name where
 * the resource has one.
 */
export function wideningsOf(policy: IamPolicy): ChangedPolicy[] {
  return policy.Statement.flatMap((statement) => {
    const widened = (what: string, instead: Statement): ChangedPolicy => ({
      what: `${what} in ${statement.Sid}`,
      actions: statement.Action,
      policy: replacing(policy, statement, instead),
    });
    const anyName = statement.Resource.replace(/(:(?:alias|key)\/).*$/, '$1*');
    return [
      ...conditionsOf(statement).flatMap(({ operator, key, values }) => [
        widened(`no ${operator} ${key}`, withCondition(statement, operator, key, undefined)),
        ...(operator === 'StringEquals' && typeof values === 'string'
          ? [widened(`any ${key}`, withAnyValue(statement, key))]
          : []),
      ]),
      ...(anyName === statement.Resource ? [] : [widened(anyName, { ...statement, Resource: anyName })]),
    ];
  });
}

function replacing(policy: IamPolicy, statement: Statement, instead: Statement): IamPolicy {
  const statements = policy.Statement.map((each) => (each === statement ? instead : each));
  return { ...policy, Statement: statements.filter(({ Action }) => Action.length > 0) };
}

function conditionsOf({ Condition = {} }: Statement) {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  );
}

function withCondition(
  statement: Statement,
  operator: string,
  key: string,
  values: string | string[] | undefined,
): Statement {
  const { [key]: _, ...others } = statement.Condition?.[operator] ?? {};
  const keys = values === undefined ? others : { ...others, [key]: values };
  return { ...statement, Condition: { ...statement.Condition, [operator]: keys } };
}

function withAnyValue(statement: Statement, key: string): Statement {
  return withCondition(withCondition(statement, 'StringEquals', key, undefined), 'StringLike', key, '*');
}
