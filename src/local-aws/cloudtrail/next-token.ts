import { createHash } from 'node:crypto';
import { AwsError } from '../api/errors.ts';
import type { Position } from './event-index.ts';

/**
 * A NextToken says where the page before ended, and for which parameters it is: CloudTrail takes it with identical
 * parameters only.
 */
export function nextToken(position: Position, parameters: object): string {
  return Buffer.from(`${fingerprint(parameters)}${position}`).toString('base64');
}

/** @throws {AwsError} `InvalidNextTokenException` for a token of other parameters, and for what isn't one */
export function positionIn(token: string, parameters: object): Position {
  const decoded = Buffer.from(token, 'base64').toString();
  const expected = fingerprint(parameters);
  const position = decoded.slice(expected.length);
  if (!decoded.startsWith(expected) || !/^\d{1,15}$/.test(position)) {
    throw new AwsError(
      'InvalidNextTokenException',
      'Invalid token or token that was previously used in a request with different parameters.',
    );
  }
  return Number(position);
}

const fingerprint = (parameters: object) =>
  createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 32);
