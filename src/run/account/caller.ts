import type { Settings } from '../../settings/settings.ts';
import { LearnerError } from '../../text/learner-error.ts';
import { printable } from '../../text/printable.ts';
import { AnswerLimitError } from '../endpoint/answer-limits.ts';
import { whyNotThere } from '../endpoint/why-not-there.ts';

/** The owner of the credentials that the AWS SDK finds: the account, and the ARN of the user or the role's session. */
export interface Caller {
  account: string;
  arn: string;
}

/** A caller of whom is not known who it is, and why. */
export interface UnknownCaller {
  unknown: string;
  /** The error that was thrown when STS was called. */
  cause: Error & { code?: string };
}

/**
 * Asks STS who we are, which takes no permission:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 *
 * @throws what the AWS SDK throws
 */
async function askSts(): Promise<Caller> {
  // Loaded when it is wanted: on the local AWS, nobody asks.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient();
  try {
    const { Account: account, Arn: arn } = await sts.send(new GetCallerIdentityCommand());
    if (!account || !arn) throw new NoAccountError('The answer has no account');
    return { account: printable(account), arn: printable(arn) };
  } finally {
    sts.destroy();
  }
}

/** Says that nobody answered, and where that was. */
export class UnreachableError extends LearnerError {
  override name = 'UnreachableError';
  /** Endpoint of STS, unless it is AWS's own. */
  readonly endpoint: string | undefined;
  readonly code: string;

  constructor({ target, region, environment }: Settings, cause: Error & { code?: string }) {
    const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_KMS } = environment;
    const endpoint =
      AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL ?? (target === 'endpoint' ? AWS_ENDPOINT_URL_KMS : undefined);
    const where = endpoint ? `The endpoint ${endpoint}` : `AWS in ${region}`;
    const code = cause.code ?? cause.name;
    // The error of a refused connection may have a code only.
    super(`${where} can't be reached: ${cause.message || code}.`, { cause });
    this.endpoint = endpoint;
    this.code = code;
  }
}

/** Node's, and those of a connection on which nobody answers. */
const codesOfNobody =
  /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|TimeoutError|ANSWER_LIMIT)$/;

function isUnreachable({ code, name }: Error & { code?: string }): boolean {
  return codesOfNobody.test(code ?? name);
}

/** Thrown when the answer isn't from STS: it may be a web page. */
class NoAccountError extends Error {
  override name = 'NoAccountError';
}

function whyNoSts(error: unknown): string | undefined {
  // Each further question would take as long as this one.
  if (error instanceof AnswerLimitError) return undefined;
  return error instanceof NoAccountError ? error.message : whyNotThere(error);
}

/**
 * Asks who we are. An endpoint may have no STS, which is no reason not to go on.
 *
 * @throws UnreachableError when nobody answers; else what the AWS SDK throws: at AWS always, at an endpoint if something
 *   else is wrong than that it has no STS
 */
export async function askCaller(settings: Settings): Promise<Caller | UnknownCaller> {
  try {
    return await askSts();
  } catch (thrown) {
    const error = isUnreachable(thrown as Error) ? new UnreachableError(settings, thrown as Error) : thrown;
    const why = settings.target === 'endpoint' ? whyNoSts(thrown) : undefined;
    if (why === undefined) throw error;
    return { unknown: `sts:GetCallerIdentity is not there: ${why}`, cause: error as Error };
  }
}
