import type { z } from 'zod';

/** What kind of value a member takes, apart from its constraints. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'blob'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly members: Members };

export type Members = Readonly<Record<string, { readonly required: boolean; readonly shape: Shape }>>;

/**
 * An SDK's schema, as far as it is read here (`@smithy/types`, schema.ts): a number, a tuple, `unit` for
 * nothing, or a function giving one of them.
 */
export type SdkSchema = number | 'unit' | readonly unknown[] | (() => SdkSchema);

const simpleShapes: Readonly<Record<number, Shape>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  21: 'blob',
};
const listFlag = 64;
const mapFlag = 128;

const operationKind = 9;

/** The schemas of an SDK client's operations, by name, out of all that the client's package exports. */
export function sdkOperationsOf(client: object): ReadonlyMap<string, readonly unknown[]> {
  const schemas = (Object.values(client) as unknown[]).filter(Array.isArray);
  return new Map(
    schemas.filter(([kind]) => kind === operationKind).map((schema) => [String(schema[2]), schema]),
  );
}

type SdkOperations = ReturnType<typeof sdkOperationsOf>;

/** The members of an operation's input, as the SDK sends them. */
export const sdkInputMembers = (operations: SdkOperations, name: string): Members =>
  structure(operations, name, 4);

/** The members of an operation's output, as the SDK reads them. */
export const sdkOutputMembers = (operations: SdkOperations, name: string): Members =>
  structure(operations, name, 5);

function structure(operations: SdkOperations, name: string, place: 4 | 5): Members {
  const shape = sdkShape(operations.get(name)?.[place] as SdkSchema);
  if (typeof shape === 'object' && 'members' in shape) return shape.members;
  throw new TypeError(`The SDK has no structure for the input or output of ${name}.`);
}

function sdkShape(schema: SdkSchema): Shape {
  if (typeof schema === 'function') return sdkShape(schema());
  if (schema === 'unit') return { members: {} };
  if (typeof schema === 'number') return shapeOfNumber(schema);
  const [kind, , name, , first, second] = schema as readonly SdkSchema[];
  // A member with traits of its own is a pair: its schema, and the traits.
  if (schema.length === 2) return sdkShape(kind as SdkSchema);
  switch (kind) {
    case 0:
      return sdkShape(first as SdkSchema);
    case 1:
      return { list: sdkShape(first as SdkSchema) };
    case 2:
      return { map: sdkShape(second as SdkSchema) };
    case 3:
      return { members: sdkMembers(schema) };
    default:
      throw new TypeError(
        `The SDK's schema ${String(name)} is of a kind that isn't known here: ${String(kind)}.`,
      );
  }
}

/** The required members of a structure come first; how many they are is said last. */
function sdkMembers(structure: readonly unknown[]): Members {
  const [names, schemas, required = 0] = structure.slice(4) as [string[], SdkSchema[], number?];
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      { required: index < required, shape: sdkShape(schemas[index] as SdkSchema) },
    ]),
  );
}

function shapeOfNumber(schema: number): Shape {
  if (schema & mapFlag) return { map: shapeOfNumber(schema & ~mapFlag) };
  if (schema & listFlag) return { list: shapeOfNumber(schema & ~listFlag) };
  const shape = simpleShapes[schema];
  if (shape === undefined) throw new TypeError(`The SDK's schema ${schema} isn't known here.`);
  return shape;
}

type AnyDefinition = {
  type: string;
  innerType?: z.ZodType;
  element?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  in?: z.ZodType;
};

const definitionOf = (schema: z.ZodType) => schema.def as unknown as AnyDefinition;

/** The members of an operation's own schema, in the same form. */
export function ownInputMembers(schema: z.ZodType): Members {
  const members = Object.entries(definitionOf(schema).shape ?? {}).map(([name, member]) => [
    name,
    { required: !member.safeParse(undefined).success, shape: ownShape(member) },
  ]);
  return Object.fromEntries(members);
}

function ownShape(schema: z.ZodType): Shape {
  const { type, innerType, element, in: input } = definitionOf(schema);
  if (innerType) return ownShape(innerType);
  if (element) return { list: ownShape(element) };
  switch (type) {
    case 'string':
    case 'enum':
      return 'string';
    case 'number':
    case 'boolean':
      return type;
    case 'object':
      return { members: ownInputMembers(schema) };
    case 'custom':
      return { map: 'string' };
    case 'pipe':
      return input && definitionOf(input).type === 'number' ? 'timestamp' : 'blob';
    default:
      throw new TypeError(`A schema of type ${type} has no counterpart in AWS's models.`);
  }
}

/** Every enum in an operation's own schema, by the path of its member, such as `Recipient.KeyEncryptionAlgorithm`. */
export function ownEnums(schema: z.ZodType, path: string): [string, readonly string[]][] {
  const { type, innerType, element, shape } = definitionOf(schema);
  if (type === 'enum') return [[path, (schema as z.ZodEnum).options.map(String)]];
  const inner = innerType ?? element;
  if (inner) return ownEnums(inner, path);
  return Object.entries(shape ?? {}).flatMap(([name, member]) => ownEnums(member, `${path}.${name}`));
}
