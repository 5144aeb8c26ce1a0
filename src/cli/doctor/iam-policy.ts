import { readFileSync } from 'node:fs';

/** A statement of a policy that gives permissions. */
export interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string;
  /** Operators, such as `StringEquals`, to condition keys, to values. */
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A policy as IAM has it, in the form that docs/iam-policy.json keeps to. */
export interface IamPolicy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** Reads docs/iam-policy.json: all that a learner needs. */
export function readIamPolicy(): IamPolicy {
  return JSON.parse(readFileSync(new URL('../../../docs/iam-policy.json', import.meta.url), 'utf8'));
}

/** The actions that a policy allows, each once. */
export function actionsOf({ Statement }: IamPolicy): string[] {
  return [...new Set(Statement.flatMap(({ Action }) => Action))];
}

/** The statements of docs/iam-policy.json that allow one action, reduced to that action. */
export function statementsFor(action: string): Omit<Statement, 'Sid'>[] {
  return readIamPolicy()
    .Statement.filter(({ Action }) => Action.includes(action))
    .map(({ Sid, ...statement }) => ({ ...statement, Action: [action] }));
}
