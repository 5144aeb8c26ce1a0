/** A policy that isn't one: the message says where, and what is wrong. */
export class InvalidPolicy extends Error {
  override readonly name = 'InvalidPolicy';
}

type OneOrMore<Item> = Item | readonly Item[];

/** A policy as one writes it: the JSON policy language (IAM user guide, reference_policies_grammar.html). */
export interface PolicyDocumentInput {
  readonly Version?: '2008-10-17' | '2012-10-17';
  readonly Id?: string;
  readonly Statement: OneOrMore<StatementInput>;
}

export interface StatementInput {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalInput;
  readonly NotPrincipal?: PrincipalInput;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  /** Operators, such as `StringEquals`, to condition keys, to values. */
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, OneOrMore<string | number | boolean>>>>
  >;
}

type PrincipalInput =
  | '*'
  | Readonly<Partial<Record<'AWS' | 'Service' | 'Federated' | 'CanonicalUser', OneOrMore<string>>>>;

/** A policy as it is read: lists are lists, also where one item stood alone. */
export interface PolicyDocument {
  readonly Version: '2008-10-17' | '2012-10-17';
  readonly Id?: string;
  readonly Statement: readonly StatementDocument[];
}

export interface StatementDocument {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export type PrincipalElement =
  | '*'
  | Readonly<Partial<Record<'AWS' | 'Service' | 'Federated' | 'CanonicalUser', readonly string[]>>>;

/**
 * @param given the document, or its JSON
 * @throws {InvalidPolicy} for what the policy language doesn't have
 */
export function readPolicy(given: string | PolicyDocumentInput): PolicyDocument {
  return document(typeof given === 'string' ? parseJson(given) : given, '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidPolicy('The policy is not valid JSON.');
  }
}

/** Reads an element of a policy. Throws if it isn't in the policy language; `at` says where it stands. */
type Reader<Element> = (given: unknown, at: string) => Element;

const invalid = (at: string, what: string) => new InvalidPolicy(`${at || 'The policy'}: ${what}`);

const string: Reader<string> = (given, at) => {
  if (typeof given === 'string') return given;
  throw invalid(at, 'must be a string');
};

const oneOf =
  <Value extends string>(...values: readonly Value[]): Reader<Value> =>
  (given, at) => {
    const value = values.find((one) => one === given);
    if (value !== undefined) return value;
    throw invalid(at, `Invalid option: expected one of ${values.map((one) => `"${one}"`).join('|')}`);
  };

/** In the policy language, what stands alone is a list of one. */
const listOf =
  <Item>(item: Reader<Item>): Reader<readonly Item[]> =>
  (given, at) => {
    const items: readonly unknown[] = Array.isArray(given) ? given : [given];
    return items.map((one, index) => item(one, under(at, String(index))));
  };

/** Any names, each with the same kind of element. */
const recordOf =
  <Value>(value: Reader<Value>): Reader<Readonly<Record<string, Value>>> =>
  (given, at) =>
    Object.fromEntries(entriesOf(given, at).map(([name, one]) => [name, value(one, under(at, name))]));

/** Elements with these names, and no others. Those that aren't there are left out. */
const elementsOf =
  <Elements>(readers: { readonly [Name in keyof Elements]-?: Reader<NonNullable<Elements[Name]>> }) =>
  (given: unknown, at: string): Partial<Elements> =>
    Object.fromEntries(
      entriesOf(given, at).map(([name, one]) => {
        if (!Object.hasOwn(readers, name)) throw invalid(at, `Unrecognized key: "${name}"`);
        return [name, readers[name as keyof Elements](one, under(at, name))];
      }),
    ) as Partial<Elements>;

const under = (at: string, name: string) => (at ? `${at}.${name}` : name);

function entriesOf(given: unknown, at: string): [string, unknown][] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(at, 'must be an object');
  }
  return Object.entries(given).filter(([, value]) => value !== undefined);
}

function required<Element>(element: Element | undefined, at: string): Element {
  if (element === undefined) throw invalid(at, 'is missing');
  return element;
}

const strings = listOf(string);

const actions = listOf<string>((given, at) => {
  const action = string(given, at);
  if (/^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i.test(action)) return action;
  throw invalid(at, 'must be an action, such as kms:Encrypt or kms:*');
});

const principalKinds = elementsOf<Exclude<PrincipalElement, '*'>>({
  AWS: strings,
  Service: strings,
  Federated: strings,
  CanonicalUser: strings,
});

const principal: Reader<PrincipalElement> = (given, at) => {
  if (given === '*') return '*';
  try {
    return principalKinds(given, at);
  } catch {
    throw invalid(at, 'must be "*", or an object such as {"AWS": "arn:aws:iam::111122223333:root"}');
  }
};

const conditionValue: Reader<string> = (given, at) => {
  if (['string', 'number', 'boolean'].includes(typeof given)) return String(given);
  throw invalid(at, 'must be a string, a number, true or false');
};

const statementElements = elementsOf<StatementDocument>({
  Sid: string,
  Effect: oneOf('Allow', 'Deny'),
  Principal: principal,
  NotPrincipal: principal,
  Action: actions,
  NotAction: actions,
  Resource: strings,
  NotResource: strings,
  Condition: recordOf(recordOf(listOf(conditionValue))),
});

const statement: Reader<StatementDocument> = (given, at) => {
  const elements = statementElements(given, at);
  return { ...elements, Effect: required(elements.Effect, under(at, 'Effect')) };
};

const documentElements = elementsOf<PolicyDocument>({
  Version: oneOf('2008-10-17', '2012-10-17'),
  Id: string,
  Statement: listOf(statement),
});

const document: Reader<PolicyDocument> = (given, at) => {
  // Without a version, a policy is of the older one, which has no variables.
  const { Version = '2008-10-17', Statement, ...elements } = documentElements(given, at);
  const statements = required(Statement, 'Statement');
  if (statements.length === 0) throw invalid('Statement', 'must have at least one statement');
  return { Version, ...elements, Statement: statements };
};
