import type { RawAnswer } from './limited-endpoint.ts';

const json = 'application/x-amz-json-1.1';

/** How endpoints answer when they are asked for what they don't have: the forms of emulators, in our words. */
export const answersOfEmulators: Record<string, RawAnswer> = {
  'LocalStack, a service that is not in it': {
    status: 501,
    type: json,
    body: '{"__type":"InternalFailure","message":"The service is not part of this edition"}',
  },
  'LocalStack, a service that is switched off': {
    status: 501,
    type: json,
    body: '{"__type":"InternalFailure","message":"The service is not enabled"}',
  },
  'Local KMS': {
    status: 501,
    type: json,
    body: '{"__type":"UnsupportedOperationException","message":"This target is not implemented"}',
  },
  'Local KMS before version 4': { status: 501, type: json, body: 'This target is not implemented' },
  'Local KMS, for a service that sends forms': { status: 415, type: 'text/plain', body: 'JSON only' },
  'Moto, an operation that is not implemented': {
    status: 500,
    type: 'text/html',
    body: '<!doctype html><title>500</title><h1>Internal Server Error</h1>',
  },
  'Moto, no service': { status: 404, type: 'text/html', body: '' },
  AWS: { status: 400, type: json, body: '{"__type":"UnknownOperationException"}' },
  'a service with the query protocol': {
    status: 400,
    type: 'text/xml',
    body: '<ErrorResponse><Error><Code>InvalidAction</Code><Message>None</Message></Error></ErrorResponse>',
  },
  'a service with AWS JSON': {
    status: 400,
    type: json,
    body: '{"__type":"InvalidAction","message":"There is no such action"}',
  },
  'a web server': { status: 404, type: 'text/html', body: '<!doctype html><title>404</title>' },
  'a web page': { status: 200, type: 'text/html', body: '<!doctype html><title>Welcome</title>' },
  'an empty page': { status: 200, type: 'text/html', body: '' },
  'an empty object': { status: 200, type: json, body: '{}' },
};

/** Answers that leave it open whether there is such an operation: they come from AWS, too. */
export const answersThatTellNothing: Record<string, RawAnswer> = {
  'access denied': {
    status: 400,
    type: json,
    body: '{"__type":"AccessDeniedException","message":"User is not authorized, and this is not supported"}',
  },
  throttled: { status: 400, type: json, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' },
  'expired credentials': { status: 400, type: json, body: '{"__type":"ExpiredTokenException"}' },
  'a failure': { status: 500, type: json, body: '{"__type":"InternalFailure","message":"Try again"}' },
  'a gateway': { status: 502, type: 'text/html', body: '<!doctype html><h1>Bad Gateway</h1>' },
  overloaded: { status: 503, type: json, body: '' },
  'not for this kind of key': {
    status: 400,
    type: json,
    body: '{"__type":"UnsupportedOperationException","message":"The key has another origin"}',
  },
  'not found': { status: 404, type: json, body: '{"__type":"NotFoundException","message":"No such key"}' },
};
