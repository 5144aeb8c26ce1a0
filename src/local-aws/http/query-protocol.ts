import { isUtf8 } from 'node:buffer';
import { serializationError } from '../api/errors.ts';
import type { Protocol } from './protocol.ts';

/** The only version of the API of STS. */
export const queryVersion = '2011-06-15';
/** Of an error that comes before any version of an API is known (seen on STS). */
const faultNamespace = 'http://webservices.amazon.com/AWSFault/2005-15-09';

const namespace = `https://sts.amazonaws.com/doc/${queryVersion}/`;

/** The query protocol's own names and statuses for errors (IAM API reference, common errors). */
const queryErrors: ReadonlyMap<string, { code: string; status: number }> = new Map([
  ['AccessDeniedException', { code: 'AccessDenied', status: 403 }],
  ['IncompleteSignatureException', { code: 'IncompleteSignature', status: 400 }],
  ['InvalidSignatureException', { code: 'SignatureDoesNotMatch', status: 403 }],
  ['MissingAuthenticationTokenException', { code: 'MissingAuthenticationToken', status: 403 }],
  ['ThrottlingException', { code: 'Throttling', status: 400 }],
  ['UnknownOperationException', { code: 'InvalidAction', status: 400 }],
  ['UnrecognizedClientException', { code: 'InvalidClientTokenId', status: 403 }],
  ['ValidationException', { code: 'ValidationError', status: 400 }],
]);

/** The AWS query protocol, which STS speaks: parameters go in, XML comes out. For flat outputs. */
export const queryProtocol: Protocol = {
  contentType: 'text/xml',
  members(body) {
    if (!isUtf8(body)) throw serializationError('The request body is not valid UTF-8.');
    const { Action, Version, ...members } = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    return members;
  },
  answer(output, operation, requestId) {
    const members = Object.entries(output).map(([name, value]) => element(name, escapeXml(String(value))));
    const result = element(`${operation}Result`, members.join(''));
    const metadata = element('ResponseMetadata', element('RequestId', requestId));
    return `<${operation}Response xmlns="${namespace}">${result}${metadata}</${operation}Response>`;
  },
  error(error, requestId) {
    const { code, status } = queryErrors.get(error.name) ?? { code: error.name, status: error.status };
    const parts = [
      element('Type', status < 500 ? 'Sender' : 'Receiver'),
      element('Code', code),
      element('Message', escapeXml(error.message)),
    ];
    const xmlns = code === 'InvalidAction' ? faultNamespace : namespace;
    const body = `<ErrorResponse xmlns="${xmlns}">${element('Error', parts.join(''))}${element('RequestId', requestId)}</ErrorResponse>`;
    return { status, body };
  },
};

const element = (name: string, content: string) => `<${name}>${content}</${name}>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
