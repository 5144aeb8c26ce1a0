import { AwsError } from '../api/errors.ts';
import { type IncomingRequest, queryOf } from './incoming-request.ts';

export const algorithm = 'AWS4-HMAC-SHA256';

/** The parts of a request's signature. */
export interface Authentication {
  /** The access key id and the scope, with slashes between the parts. */
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  /** When it was signed. */
  readonly time: string;
  /** Empty without one. */
  readonly sessionToken: string;
}

export const incomplete = (message: string) => new AwsError('IncompleteSignatureException', message);
export const invalid = (message: string) => new AwsError('InvalidSignatureException', message);

/**
 * Reads what a request says of its signature, in its `Authorization` header or in its query (a presigned URL).
 *
 * @throws {AwsError} if it says nothing, not all, or both; the texts were observed on AWS (noted in dynalite, for
 *   DynamoDB)
 */
export function authenticationOf(request: IncomingRequest): Authentication {
  const { authorization } = request.headers;
  const query = request.url.includes('X-Amz-') ? new URLSearchParams(queryOf(request)) : undefined;
  if (!query?.has('X-Amz-Algorithm')) {
    if (authorization) return inHeader(authorization, request);
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  if (!authorization) return inQuery(query);
  throw invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
}

function inHeader(authorization: string, { headers }: IncomingRequest): Authentication {
  requireAlgorithm(authorization.startsWith(`${algorithm} `) ? algorithm : authorization.split(' ', 1)[0]);
  const given = {
    Credential: parameterOf(authorization, 'Credential='),
    Signature: parameterOf(authorization, 'Signature='),
    SignedHeaders: parameterOf(authorization, 'SignedHeaders='),
  };
  const time = String(headers['x-amz-date'] ?? headers.date ?? '');
  let missing = '';
  for (const name of ['Credential', 'Signature', 'SignedHeaders'] as const) {
    if (!given[name]) missing += `Authorization header requires '${name}' parameter. `;
  }
  if (!time)
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  if (missing) throw incomplete(`${missing}Authorization=${authorization}`);
  return {
    credential: given.Credential,
    signedHeaders: given.SignedHeaders,
    signature: given.Signature,
    time,
    sessionToken: String(headers['x-amz-security-token'] ?? ''),
  };
}

/**
 * `X-Amz-Expires` isn't read: a presigned URL is valid as long as any other signature of its service. For STS this is
 * known (aws-iam-authenticator, `token.go`: 15 minutes, whatever the parameter says); for KMS and CloudTrail, assumed.
 */
function inQuery(query: URLSearchParams): Authentication {
  const names = ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date'].map(
    (name) => `X-Amz-${name}`,
  );
  const [givenAlgorithm, credential = '', signature = '', signedHeaders = '', time = ''] = names.map((name) =>
    query.get(name),
  ) as string[];
  const missing = names.filter((name) => !query.get(name));
  if (missing.length > 0) {
    const sentences = missing.map((name) => `AWS query-string parameters must include '${name}'. `);
    throw incomplete(`${sentences.join('')}Re-examine the query-string parameters.`);
  }
  requireAlgorithm(givenAlgorithm);
  const sessionToken = query.get('X-Amz-Security-Token') ?? '';
  return { credential, signature, signedHeaders, time, sessionToken };
}

function requireAlgorithm(given: string | undefined): void {
  if (given === algorithm) return;
  throw incomplete(`Unsupported AWS 'algorithm': '${given}'. The algorithm must be ${algorithm}.`);
}

/**
 * The value of a parameter, empty if it isn't there. Commas, spaces or both stand between parameters.
 *
 * @param prefix the parameter's name and an equals sign
 */
function parameterOf(authorization: string, prefix: string): string {
  const at = authorization.indexOf(prefix);
  if (at < 1 || !' ,'.includes(authorization.charAt(at - 1))) return '';
  const start = at + prefix.length;
  const comma = authorization.indexOf(',', start);
  const value = comma < 0 ? authorization.slice(start) : authorization.slice(start, comma);
  const space = value.indexOf(' ');
  return space < 0 ? value : value.slice(0, space);
}
