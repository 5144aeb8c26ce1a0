import { isUtf8 } from 'node:buffer';
import { serializationError } from '../api/errors.ts';
import type { Protocol } from './protocol.ts';

/** The strings of a JSON document, and what else begins with a digit or a minus sign: its numbers. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

const quoted = (token: string) => (token.startsWith('"') ? token : `"${token}"`);

type MessageMember = 'message' | 'Message';

/**
 * Errors of the layer in front of all services, with how it spells their text, whatever the service. Seen in answers of
 * DynamoDB, which dynalite's tests hold, of Athena and of SSM; in KMS's own, `message` for `InvalidSignatureException`
 * (aws/aws-sdk-cpp#1681).
 */
const commonErrors: ReadonlyMap<string, MessageMember> = new Map([
  ['AccessDeniedException', 'Message'],
  ['SerializationException', 'Message'],
  ['IncompleteSignatureException', 'message'],
  ['InternalFailure', 'message'],
  ['InvalidSignatureException', 'message'],
  ['MissingAuthenticationTokenException', 'message'],
  ['UnknownOperationException', 'message'],
  ['UnrecognizedClientException', 'message'],
  ['ValidationException', 'message'],
]);

/** A body that isn't an object of JSON is refused without a text (measured on DynamoDB and Athena). */
const unreadableBody = () => serializationError('');

/**
 * AWS JSON 1.1 (Smithy's specification `awsJson1_1`).
 *
 * @param messageMember how the service's model spells the text of its own errors: KMS `message`, CloudTrail `Message`
 */
export const jsonProtocol = (messageMember: MessageMember): Protocol => ({
  contentType: 'application/x-amz-json-1.1',
  members(body) {
    // Decoded leniently, bytes that aren't UTF-8 would all be the same: two encryption contexts could be one.
    if (!isUtf8(body)) throw unreadableBody();
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString('utf8'));
    } catch {
      throw unreadableBody();
    }
    if (Array.isArray(parsed)) throw serializationError('Start of list found where not expected');
    if (typeof parsed !== 'object' || parsed === null) throw unreadableBody();
    return parsed;
  },
  numbersAsText: (body) => JSON.parse(body.toString('utf8').replace(stringOrNumber, quoted)),
  answer: (output) => JSON.stringify(output),
  error({ name, message, status }) {
    // An error without a text has no such member: `{"__type":"InvalidCiphertextException"}` (aws-nitro-enclaves-sdk-c#68).
    const text = message === '' ? {} : { [commonErrors.get(name) ?? messageMember]: message };
    return { status, body: JSON.stringify({ __type: name, ...text }) };
  },
});
