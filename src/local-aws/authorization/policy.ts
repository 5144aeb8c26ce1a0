import { arnPattern, matchesArn } from './arn-pattern.ts';
import { type Condition, compileCondition } from './condition.ts';
import { matches, matchesEverything, wildcardPattern } from './pattern.ts';
import {
  InvalidPolicy,
  type PolicyDocument,
  type PolicyDocumentInput,
  readPolicy,
  type StatementDocument,
} from './policy-document.ts';
import { type ContextReader, policyText } from './policy-text.ts';
import type { Principal, Relation } from './principal.ts';
import { exceptionMatcher, type PrincipalMatcher, principalMatcher } from './principal-matcher.ts';

/** A question to a policy. */
export interface AccessRequest {
  readonly principal: Principal;
  /** In lower case: AWS takes actions in any case. */
  readonly action: string;
  /** Undefined if the action isn't about a resource. */
  readonly resourceArn: string | undefined;
  readonly read: ContextReader;
}

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** How the statement is about the request's caller; `none` if it isn't about the request at all. */
  relation(request: AccessRequest): Relation;
}

/** A policy, ready to be asked. */
export type Policy = readonly Statement[];

/** The policy of an administrator. It is made without reading a document, which takes time at every start. */
export const everythingAllowed: Policy = [{ effect: 'Allow', relation: () => 'caller' }];

/**
 * A policy that hangs on a user or a role.
 *
 * @throws {InvalidPolicy}
 */
export function identityPolicy(given: string | PolicyDocumentInput): Policy {
  const document = readPolicy(given);
  return document.Statement.map((statement, index) => {
    if (statement.Principal || statement.NotPrincipal) {
      throw new InvalidPolicy(`Statement.${index}: a policy of a user or a role has no Principal`);
    }
    requireEither(statement, 'Action', 'NotAction', index);
    requireEither(statement, 'Resource', 'NotResource', index);
    return compileStatement(statement, index, document.Version, () => 'caller');
  });
}

/**
 * A policy that hangs on a resource. A statement without Action or Resource has no effect, but is no error (PutKeyPolicy in
 * the KMS API reference).
 *
 * @throws {InvalidPolicy}
 */
export function resourcePolicy(document: PolicyDocument): Policy {
  return document.Statement.map((statement, index) => {
    const principals = principalsOf(statement, index);
    refuseBoth(statement, 'Action', 'NotAction', index);
    refuseBoth(statement, 'Resource', 'NotResource', index);
    return compileStatement(statement, index, document.Version, principals);
  });
}

function principalsOf(
  { Principal: named, NotPrincipal: excepted, Effect }: StatementDocument,
  index: number,
): PrincipalMatcher {
  if (named && !excepted) return principalMatcher(named);
  if (excepted && !named) return exceptionMatcher(excepted, Effect);
  throw new InvalidPolicy(`Statement.${index}: needs either Principal or NotPrincipal`);
}

/** Resources' policies by their JSON: most keys have the same one, and each is asked often. */
const compiled = new Map<string, Policy>();
const mostCompiled = 1000;

/** @throws {InvalidPolicy} */
export function resourcePolicyOf(json: string): Policy {
  const known = compiled.get(json);
  if (known) return known;
  const policy = resourcePolicy(readPolicy(json));
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(json, policy);
  return policy;
}

type Alternative = 'Action' | 'NotAction' | 'Resource' | 'NotResource';

function requireEither(
  statement: StatementDocument,
  name: Alternative,
  opposite: Alternative,
  index: number,
) {
  refuseBoth(statement, name, opposite, index);
  if (statement[name] || statement[opposite]) return;
  throw new InvalidPolicy(`Statement.${index}: needs ${name} or ${opposite}`);
}

function refuseBoth(statement: StatementDocument, name: Alternative, opposite: Alternative, index: number) {
  if (!statement[name] || !statement[opposite]) return;
  throw new InvalidPolicy(`Statement.${index}: can't have both ${name} and ${opposite}`);
}

function compileStatement(
  statement: StatementDocument,
  index: number,
  version: PolicyDocument['Version'],
  principals: PrincipalMatcher,
): Statement {
  const withVariables = version === '2012-10-17';
  const isAboutAction = compileActions(statement);
  const isAboutResource = compileResources(statement, withVariables);
  const conditions = compileConditions(statement, index, withVariables);
  return {
    effect: statement.Effect,
    relation(request) {
      const relation = principals(request.principal);
      const applies =
        relation !== 'none' &&
        isAboutAction(request.action) &&
        isAboutResource(request) &&
        conditions.every((holds) => holds(request.read));
      return applies ? relation : 'none';
    },
  };
}

function compileConditions(
  { Condition = {} }: StatementDocument,
  index: number,
  withVariables: boolean,
): readonly Condition[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      try {
        return compileCondition(operator, key, values, withVariables);
      } catch (error) {
        if (!(error instanceof InvalidPolicy)) throw error;
        throw new InvalidPolicy(`Statement.${index}.Condition.${operator}.${key}: ${error.message}`);
      }
    }),
  );
}

function compileActions({ Action, NotAction }: StatementDocument): (action: string) => boolean {
  const patterns = (Action ?? NotAction ?? []).map((action) => wildcardPattern(action.toLowerCase()));
  const isNamed = (action: string) => patterns.some((pattern) => matches(pattern, action));
  if (Action) return isNamed;
  return NotAction ? (action) => !isNamed(action) : () => false;
}

function compileResources(
  { Resource, NotResource }: StatementDocument,
  withVariables: boolean,
): (request: AccessRequest) => boolean {
  const texts = (Resource ?? NotResource ?? []).map((resource) => policyText(resource, withVariables));
  const patternsFor = (read: ContextReader) => texts.map((text) => text.pattern(read));
  const isNamed = ({ resourceArn, read }: AccessRequest) =>
    patternsFor(read).some(
      (pattern) =>
        pattern !== undefined &&
        (matchesEverything(pattern) ||
          (resourceArn !== undefined && matchesArn(arnPattern(pattern, 'complete'), resourceArn))),
    );
  if (Resource) return isNamed;
  if (!NotResource) return () => false;
  // An unknown value can't be shown to be absent from the list.
  return (request) => !patternsFor(request.read).includes(undefined) && !isNamed(request);
}
