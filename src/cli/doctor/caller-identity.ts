import { AccountError, requireAllowedAccount } from '../../run/account/allowed-accounts.ts';
import { askCaller, type Caller, type UnknownCaller, UnreachableError } from '../../run/account/caller.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Finding, notChecked, ok, wrong } from './finding.ts';

/** The owner of the credentials that the AWS SDK finds, and the findings about them. */
export interface CallerFindings {
  findings: Finding[];
  /** The ARN of the user or the role's session; none when the credentials don't work, or are of another account. */
  arn?: string;
  /** The number of the account, where it is known. */
  account?: string;
  /** True if STS answered. */
  isReachable: boolean;
}

/** Asks AWS who we are, and holds the account against those that the settings allow. */
export async function examineCaller(settings: Settings): Promise<CallerFindings> {
  try {
    const caller = await askCaller(settings);
    // Without an answer, permissions can't be checked either.
    if ('unknown' in caller && caller.cause instanceof UnreachableError) throw caller.cause;
    const identity = describe(caller);
    const account = checkAccount(settings, caller);
    if (account?.verdict === 'wrong') return { isReachable: true, findings: [...identity, account] };
    const known = 'unknown' in caller ? { arn: 'the user' } : { arn: caller.arn, account: caller.account };
    return { ...known, isReachable: true, findings: account ? [...identity, account] : identity };
  } catch (error) {
    if (error instanceof UnreachableError)
      return { isReachable: false, findings: [explainUnreachable(error, settings.region)] };
    return { isReachable: true, findings: [explain(error as Error & { code?: string }, settings.region)] };
  }
}

function describe(caller: Caller | UnknownCaller): Finding[] {
  if ('unknown' in caller) return [notChecked('Identity', caller.unknown)];
  return [
    ok('Credentials', 'AWS accepts them'),
    ok('Identity', `${caller.arn}, in the account ${caller.account}`),
  ];
}

function checkAccount(settings: Settings, caller: Caller | UnknownCaller): Finding | undefined {
  if (!settings.allowedAccounts) return undefined;
  try {
    requireAllowedAccount(settings, caller);
    return ok('Account', 'it is in WORKSHOP_ALLOWED_ACCOUNTS');
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    return wrong('Account', error.problem, error.fix);
  }
}

function explainUnreachable({ endpoint, code, message }: UnreachableError, region: string): Finding {
  if (endpoint) {
    const fix = 'Start the endpoint, or correct AWS_ENDPOINT_URL. A proxy may also block the way.';
    return wrong('Endpoint', message, fix);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const fix = `Check that this machine is online, and that AWS_REGION names an existing Region: it is "${region}".`;
    return wrong('Region', message, fix);
  }
  return wrong('Network', message, 'Check the network and its proxy, then try again.');
}

/** Names as https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and the SDK's providers have them. */
function explain({ name, code, message }: Error & { code?: string }, region: string): Finding {
  const seen = `${code ?? name}: ${message}`;
  switch (code ?? name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return wrong(
        'Credentials',
        seen,
        'Log in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in .env or the shell.',
      );
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return wrong('Credentials', seen, 'They have expired: log in again (aws sso login), or get new ones.');
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return wrong(
        'Credentials',
        seen,
        `AWS doesn't know this access key: check AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN and AWS_PROFILE, and that ${region} is enabled in the account.`,
      );
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
    case 'RequestExpired':
      return wrong(
        'Credentials',
        seen,
        "Check AWS_SECRET_ACCESS_KEY, and that this machine's clock is right.",
      );
    default:
      return wrong(
        'Credentials',
        seen,
        'Check the network and its proxy, and the endpoint if you set one, then try again.',
      );
  }
}
