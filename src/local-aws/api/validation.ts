import { InputReading } from './input-reading.ts';
import type { Shape, ValueOf } from './shape.ts';

/**
 * Checks a request's members against an operation's input.
 *
 * @param numbersAsText gives the members with numbers as the wire has them
 * @throws {AwsError} `ValidationException` with AWS's text for every member that breaks a constraint, or
 *   `SerializationException` for a member of another type than the model's
 */
export function parseInput<Input extends Shape<unknown>>(
  shape: Input,
  members: object,
  numbersAsText = () => members,
): ValueOf<Input> {
  const reading = new InputReading(numbersAsText);
  const input = shape.read(members, reading);
  const error = reading.error();
  if (error) throw error;
  return input as ValueOf<Input>;
}
