import { EnumShape, ListShape, StructureShape } from '../api/members.ts';
import { type MemberShape, type MemberShapes, Shape as OwnShape } from '../api/shape.ts';

/** Kind of a member's value, without its constraints. */
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
type SdkSchema = number | 'unit' | readonly unknown[] | (() => SdkSchema);

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

/** The members of an operation's own input, in the same form. */
export function ownInputMembers(input: OwnShape<unknown>): Members {
  if (!(input instanceof StructureShape)) throw new TypeError('The input is no structure.');
  return Object.fromEntries(
    Object.entries(input.members as MemberShapes).map(([name, member]) => [
      name,
      { required: member instanceof OwnShape, shape: ownShape(shapeOf(member)) },
    ]),
  );
}

function ownShape(shape: OwnShape<unknown>): Shape {
  if (shape instanceof ListShape) return { list: ownShape(shape.item) };
  switch (shape.kind) {
    case 'structure':
      return { members: ownInputMembers(shape) };
    case 'map':
      return { map: 'string' };
    case 'enum':
      return 'string';
    case 'list':
      throw new TypeError('A list has to say what is in it.');
    default:
      return shape.kind;
  }
}

/** A value for each required member of an operation's own input, as it goes over the wire; a text is the name of a Region. */
export function requiredMembers(input: OwnShape<unknown>): Record<string, unknown> {
  const members = input instanceof StructureShape ? Object.entries(input.members as MemberShapes) : [];
  return Object.fromEntries(
    members.flatMap(([name, member]) => (member instanceof OwnShape ? [[name, validValue(member)]] : [])),
  );
}

function validValue(shape: OwnShape<unknown>): unknown {
  if (shape instanceof EnumShape) return shape.values[0];
  if (shape.kind === 'blob') return Buffer.from('x').toString('base64');
  return shape.kind === 'list' ? [] : 'eu-central-1';
}

/** Every enum in an operation's own input, by the path of its member, such as `Recipient.KeyEncryptionAlgorithm`. */
export function ownEnums(shape: OwnShape<unknown>, path: string): [string, readonly string[]][] {
  if (shape instanceof EnumShape) return [[path, shape.values]];
  if (shape instanceof ListShape) return ownEnums(shape.item, path);
  if (!(shape instanceof StructureShape)) return [];
  return Object.entries(shape.members as MemberShapes).flatMap(([name, member]) =>
    ownEnums(shapeOf(member), `${path}.${name}`),
  );
}

const shapeOf = (member: MemberShape): OwnShape<unknown> =>
  member instanceof OwnShape ? member : member.shape;
