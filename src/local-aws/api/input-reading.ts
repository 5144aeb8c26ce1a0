import { type AwsError, serializationError, validationError } from './errors.ts';

/** Notes what is wrong with a request's input while it is read. */
export class InputReading {
  /** Path of the current member. AWS writes members in camelCase and counts from one: `tags.1.member.tagKey`. */
  readonly path: (string | number)[] = [];
  readonly #numbersAsText: () => object;
  #misfit: string | undefined;
  readonly #failures: string[] = [];

  constructor(numbersAsText: () => object) {
    this.#numbersAsText = numbersAsText;
  }

  /** The input, with numbers as the request spells them: `10.0` is not `10`. */
  withNumbersAsText(): unknown {
    return this.path.reduce<unknown>(
      (value, part) => (value as Record<string | number, unknown>)[part],
      this.#numbersAsText(),
    );
  }

  /**
   * Notes a value of another type than the model's, in the words measured on Athena and DynamoDB.
   *
   * @param type the model's: `list`, `map`, `structure`, or that of a scalar, such as `an Integer`
   */
  doesNotFit(given: unknown, type: string): void {
    if (Array.isArray(given)) this.isUnreadable('Start of list found where not expected');
    else if (typeof given === 'object' && given !== null)
      this.isUnreadable('Start of structure or map found where not expected.');
    else this.isUnreadable(expectation[type] ?? `${wireType(given)} can not be converted to ${type}`);
  }

  isUnreadable(text: string): void {
    this.#misfit ??= text;
  }

  isMissing(): void {
    this.#failures.push(`Value null ${this.#at()} Member must not be null`);
  }

  /** Texts of recorded answers, such as `Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must …`. */
  breaks(constraint: string, given: unknown): void {
    this.#failures.push(`Value '${shown(given)}' ${this.#at()} ${constraint}`);
  }

  /** For blobs, whose value AWS doesn't repeat. */
  breaksUnshown(constraint: string): void {
    this.#failures.push(`Value ${this.#at()} ${constraint}`);
  }

  /**
   * AWS's answer: `SerializationException` if anything has the wrong type, else `ValidationException` with a text for
   * every member that breaks a constraint. Undefined if nothing is wrong.
   */
  error(): AwsError | undefined {
    if (this.#misfit !== undefined) return serializationError(this.#misfit);
    const count = this.#failures.length;
    if (count === 0) return undefined;
    const errors = count === 1 ? '1 validation error' : `${count} validation errors`;
    return validationError(`${errors} detected: ${this.#failures.join('; ')}`);
  }

  #at(): string {
    const path = this.path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : camelCase(part)));
    return `at '${path.join('.')}' failed to satisfy constraint:`;
  }
}

const camelCase = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

const shown = (value: unknown) =>
  Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : value;

/** The message for a scalar in the place of a structure or a list. For a map, AWS's words are unknown; these are ours. */
const expectation: Readonly<Record<string, string>> = {
  list: 'Expected list or null',
  map: 'Expected map or null',
  structure: 'Expected null',
};

function wireType(scalar: unknown): string {
  if (scalar === null) return 'NULL_VALUE';
  if (typeof scalar === 'boolean') return scalar ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return `${(typeof scalar).toUpperCase()}_VALUE`;
}
