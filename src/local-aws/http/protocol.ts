import type { AwsError } from '../api/errors.ts';

/** How a service puts its messages on the wire. */
export interface Protocol {
  readonly contentType: string;
  /**
   * The members of a request.
   *
   * @throws {AwsError} `SerializationException` if the body can't be read
   */
  members(body: Buffer): object;
  /** The same, with each number as the text that the body has for it, such as `10.0`: for a protocol that knows numbers. */
  numbersAsText?(body: Buffer): object;
  answer(output: object, operation: string, requestId: string): string;
  error(error: AwsError, requestId: string): { readonly status: number; readonly body: string };
}
