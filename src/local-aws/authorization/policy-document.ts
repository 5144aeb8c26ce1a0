import { z } from 'zod';

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

/** In the policy language, what stands alone is a list of one. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (given) => (given === undefined || Array.isArray(given) ? given : [given]),
    z.array(item, { error: 'is missing' }),
  );

const strings = listOf(z.string());

const actions = listOf(
  z
    .string()
    .regex(/^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i, { error: 'must be an action, such as kms:Encrypt or kms:*' }),
);

const principal = z.union(
  [
    z.literal('*'),
    z.strictObject({
      AWS: strings.optional(),
      Service: strings.optional(),
      Federated: strings.optional(),
      CanonicalUser: strings.optional(),
    }),
  ],
  { error: 'must be "*", or an object such as {"AWS": "arn:aws:iam::111122223333:root"}' },
);

const conditionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: actions.optional(),
  NotAction: actions.optional(),
  Resource: strings.optional(),
  NotResource: strings.optional(),
  Condition: z.record(z.string(), z.record(z.string(), listOf(conditionValue))).optional(),
});

const policyDocument = z.strictObject({
  // Without a version, a policy is of the older one, which has no variables.
  Version: z.enum(['2008-10-17', '2012-10-17']).default('2008-10-17'),
  Id: z.string().optional(),
  Statement: listOf(statement).refine((statements) => statements.length > 0, {
    error: 'must have at least one statement',
  }),
});

/** A policy as it is read: lists are lists, also where one item stood alone. */
export type PolicyDocument = z.output<typeof policyDocument>;
export type StatementDocument = PolicyDocument['Statement'][number];
export type PrincipalElement = z.output<typeof principal>;

/**
 * @param given the document, or its JSON
 * @throws {InvalidPolicy} for what the policy language doesn't have
 */
export function readPolicy(given: string | PolicyDocumentInput): PolicyDocument {
  const result = policyDocument.safeParse(typeof given === 'string' ? parseJson(given) : given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidPolicy(`${issue?.path.join('.') || 'The policy'}: ${issue?.message ?? 'is invalid'}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidPolicy('The policy is not valid JSON.');
  }
}
