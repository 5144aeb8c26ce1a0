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
  answer(output: object, operation: string, requestId: string): string;
  error(error: AwsError, requestId: string): { readonly status: number; readonly body: string };
}
