import { whyNotThere } from '../endpoint/why-not-there.ts';
import type { Settings } from '../settings.ts';

/** Whose credentials the AWS SDK finds: the account, and the ARN of the user or of the role's session. */
export interface Caller {
  account: string;
  arn: string;
}

/** A caller of whom is not known who it is, and why. */
export interface UnknownCaller {
  unknown: string;
  /** What was thrown when STS was asked. */
  cause: Error & { code?: string };
}

/**
 * Asks STS who we are, which takes no permission:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 *
 * @throws what the AWS SDK throws
 */
export async function askSts(): Promise<Caller> {
  // Loaded when it is wanted: on the local AWS, nobody asks.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient({ requestHandler: { connectionTimeout: 5000, requestTimeout: 15_000 } });
  try {
    const { Account: account, Arn: arn } = await sts.send(new GetCallerIdentityCommand());
    if (!account || !arn) throw new NoAccountError('The answer has no account');
    return { account, arn };
  } finally {
    sts.destroy();
  }
}

/** What answered is no STS: it may be a web page. */
class NoAccountError extends Error {
  override name = 'NoAccountError';
}

function whyNoSts(error: unknown): string | undefined {
  return error instanceof NoAccountError ? error.message : whyNotThere(error);
}

/**
 * Asks who we are. An endpoint may have no STS, which is no reason not to go on.
 *
 * @throws what the AWS SDK throws: at AWS always, at an endpoint if something else is wrong than that it has no STS
 */
export async function askCaller({ target }: Settings): Promise<Caller | UnknownCaller> {
  try {
    return await askSts();
  } catch (error) {
    const why = target === 'endpoint' ? whyNoSts(error) : undefined;
    if (why === undefined) throw error;
    return { unknown: `sts:GetCallerIdentity is not there: ${why}`, cause: error as Error };
  }
}
