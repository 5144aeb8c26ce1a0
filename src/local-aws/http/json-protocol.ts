import { serializationError } from '../api/errors.ts';
import type { Protocol } from './protocol.ts';

/**
 * AWS JSON 1.1 (Smithy's specification `awsJson1_1`).
 *
 * @param messageMember how the service spells the text of an error: KMS `message`, CloudTrail `Message`
 */
export const jsonProtocol = (messageMember: 'message' | 'Message'): Protocol => ({
  contentType: 'application/x-amz-json-1.1',
  members(body) {
    if (body.length === 0) return {};
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString('utf8'));
    } catch {
      throw serializationError('The request body is not valid JSON.');
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw serializationError('The request body must be a JSON object.');
    }
    return parsed;
  },
  answer: (output) => JSON.stringify(output),
  error: (error) => ({
    status: error.status,
    body: JSON.stringify({ __type: error.name, [messageMember]: error.message }),
  }),
});
