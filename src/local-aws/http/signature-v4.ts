import { createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../api/errors.ts';
import { algorithm, authenticationOf, incomplete, invalid } from './authentication.ts';
import { canonicalRequest, type SignedHeaders, sha256Hex, signedHeadersIn } from './canonical-request.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { HostedService } from './hosted-service.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { SigningKeys } from './signing-keys.ts';
import { parseSigningTime, requireFresh, type SigningTime } from './signing-time.ts';

/** The data that a signature is checked against. */
export interface SignatureVerifier {
  readonly credentials: Credentials;
  readonly signingKeys: SigningKeys;
  readonly region: string;
}

const unrecognized = () =>
  new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.');

/**
 * Verifies a request's Signature Version 4, in the order of checks and with the texts that were observed on AWS
 * (noted in dynalite, for DynamoDB).
 *
 * @param service the one that the request is for
 * @returns the credential that the request was signed with
 * @throws {AwsError} the first check that fails
 */
export function verifySignature(
  verifier: SignatureVerifier,
  request: IncomingRequest,
  { signingName, signatureMinutes }: HostedService,
): Credential {
  const given = authenticationOf(request);
  const signedAt = parseSigningTime(given.time);
  requireFresh(signedAt, Date.now(), signatureMinutes);
  const signedHeaders = signedHeadersIn(given.signedHeaders);
  requireSigned(request, signedHeaders);
  const { accessKeyId, scope } = requireScope(given.credential, signedAt, verifier.region, signingName);
  const credential = verifier.credentials.find(accessKeyId);
  if (!credential) throw unrecognized();
  const signingKey = verifier.signingKeys.derive(accessKeyId, credential.secretAccessKey, scope);
  const requestHash = sha256Hex(canonicalRequest(request, signedHeaders));
  const stringToSign = `${algorithm}\n${signedAt.basic}\n${scope}\n${requestHash}`;
  const expected = createHmac('sha256', signingKey).update(stringToSign).digest('hex');
  if (!sameText(expected, given.signature)) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  if (given.sessionToken !== (credential.sessionToken ?? '')) throw unrecognized();
  return credential;
}

/**
 * The host and every `x-amz-` header have to be signed (IAM user guide, "Create a signed AWS API request"): otherwise
 * whoever has a signed request could turn it into another one. The text for the host is quoted in many issues; the one for
 * the others is modelled on it.
 */
function requireSigned({ headerNames }: IncomingRequest, { names }: SignedHeaders): void {
  if (!names.includes('host')) {
    throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const name of headerNames) {
    if (name.startsWith('x-amz-') && !names.includes(name)) {
      throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
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
