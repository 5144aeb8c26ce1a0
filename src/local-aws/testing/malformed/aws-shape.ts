import type { ReadAnswer } from './answer-reader.ts';
import type { MalformedRequest } from './malformed-request.ts';

/** Returns the defect of an answer, or undefined if AWS could give it. */
export function faultOf(
  request: MalformedRequest,
  { status, headers, body }: ReadAnswer,
): string | undefined {
  if (!/^[0-9a-f-]{36}$/.test(headers.get('x-amzn-requestid') ?? '')) return 'it has no request id';
  if (status === 200) return request.maySucceed ? undefined : 'it is a success';
  if (status < 400 || status >= 500) return `its status is ${status}`;
  if (request.isHead) return body === '' ? undefined : 'it answers HEAD with a body';
  switch (headers.get('content-type')) {
    case 'application/x-amz-json-1.1':
      return isJsonError(body) ? undefined : `it is no error of AWS JSON: ${body}`;
    case 'text/xml':
      return /^<ErrorResponse .*<Code>\w+<\/Code>/s.test(body) ? undefined : `it is no error in XML: ${body}`;
    default:
      return `its content type is ${headers.get('content-type')}`;
  }
}

function isJsonError(body: string): boolean {
  const { __type: name, message, Message } = JSON.parse(body);
  return (
    typeof name === 'string' && /^[A-Za-z]+$/.test(name) && typeof (message ?? Message ?? '') === 'string'
  );
}
