import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../api/errors.ts';
import { canonicalRequest, headerNamesIn, sha256Hex } from './canonical-request.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { SigningKeys } from './signing-keys.ts';
import { parseSigningTime, requireFresh, type SigningTime } from './signing-time.ts';

/** What a signature is checked against. */
export interface SignatureVerifier {
  readonly credentials: Credentials;
  readonly signingKeys: SigningKeys;
  readonly region: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

const incomplete = (message: string) => new AwsError('IncompleteSignatureException', message);
const invalid = (message: string) => new AwsError('InvalidSignatureException', message);
const unrecognized = () =>
  new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.');

/**
 * Verifies a request's Signature Version 4, in the order of checks and with the texts that were observed on AWS
 * (noted in dynalite, for DynamoDB).
 *
 * @param service the signing name of the service that the request is for, such as `kms`
 * @returns the credential that the request was signed with
 * @throws {AwsError} the first check that fails
 */
export function verifySignature(
  verifier: SignatureVerifier,
  request: IncomingRequest,
  service: string,
): Credential {
  const { authorization } = request.headers;
  if (!authorization) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const {
    Credential: credentialScope,
    Signature: signature,
    SignedHeaders: signedHeaders,
    time,
  } = requireComplete(authorization, request);
  const signedAt = parseSigningTime(time);
  requireFresh(signedAt, Date.now());
  if (!headerNamesIn(signedHeaders).includes('host'))
    throw invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  const { accessKeyId, scope } = requireScope(credentialScope, signedAt, verifier.region, service);
  const credential = verifier.credentials.find(accessKeyId);
  if (!credential) throw unrecognized();
  const signingKey = verifier.signingKeys.derive(accessKeyId, credential.secretAccessKey, scope);
  const requestHash = sha256Hex(canonicalRequest(request, signedHeaders));
  const stringToSign = `${algorithm}\n${signedAt.basic}\n${scope}\n${requestHash}`;
  const expected = createHmac('sha256', signingKey).update(stringToSign).digest('hex');
  if (!sameText(expected, signature)) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  const token = request.headers['x-amz-security-token'];
  if ((token ?? '') !== (credential.sessionToken ?? '')) throw unrecognized();
  return credential;
}

function requireComplete(authorization: string, request: IncomingRequest) {
  if (!authorization.startsWith(`${algorithm} `)) {
    throw incomplete(
      `Unsupported AWS 'algorithm': '${authorization.split(' ')[0]}'. The algorithm must be ${algorithm}.`,
    );
  }
  const given = {
    Credential: parameterOf(authorization, 'Credential='),
    Signature: parameterOf(authorization, 'Signature='),
    SignedHeaders: parameterOf(authorization, 'SignedHeaders='),
    time: String(request.headers['x-amz-date'] ?? request.headers.date ?? ''),
  };
  let missing = '';
  for (const name of ['Credential', 'Signature', 'SignedHeaders'] as const) {
    if (!given[name]) missing += `Authorization header requires '${name}' parameter. `;
  }
  if (!given.time) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (missing) throw incomplete(`${missing}Authorization=${authorization}`);
  return given;
}

/**
 * The value of a parameter, empty if it isn't there. Commas, spaces or both stand between parameters.
 *
 * @param prefix the parameter's name, and the sign of equality
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

function requireScope(credential: string, signedAt: SigningTime, region: string, service: string) {
  const day = signedAt.basic.slice(0, 8);
  const slash = credential.indexOf('/');
  const scope = credential.slice(slash + 1);
  if (scope !== `${day}/${region}/${service}/aws4_request`)
    throw wrongScope(credential, signedAt, region, service);
  return { accessKeyId: credential.slice(0, slash), scope };
}

/** Says what is wrong with the scope of a credential. */
function wrongScope(credential: string, signedAt: SigningTime, region: string, service: string): AwsError {
  const parts = credential.split('/');
  if (parts.length !== 5) {
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const [, date, ofRegion, ofService, term] = parts;
  let wrong = '';
  if (ofRegion !== region) wrong += `Credential should be scoped to a valid region, not '${ofRegion}'. `;
  if (ofService !== service) wrong += `Credential should be scoped to correct service: '${service}'. `;
  if (term !== 'aws4_request') {
    wrong += `Credential should be scoped with a valid terminator: 'aws4_request', not '${term}'. `;
  }
  const day = signedAt.basic.slice(0, 8);
  if (date !== day) {
    wrong += `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${signedAt.basic}'. `;
  }
  return invalid(wrong.trimEnd());
}

/** Compares in a time that doesn't tell how much of the signature is right. */
function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
