import { InputReading } from './input-reading.ts';
import type { Shape, ValueOf } from './shape.ts';

/**
 * Checks a request's members against an operation's input.
 *
 * @throws {AwsError} `ValidationException` with AWS's text for every member that breaks a constraint, or
 *   `SerializationException` for a member of another type than the model's
 */
export function parseInput<Input extends Shape<unknown>>(shape: Input, members: object): ValueOf<Input> {
  const reading = new InputReading();
  const input = shape.read(members, reading);
  const error = reading.error();
  if (error) throw error;
  return input as ValueOf<Input>;
}
