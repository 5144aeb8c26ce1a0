import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Finding, ok, wrong } from './finding.ts';

/** Whose credentials the AWS SDK finds, if it finds any that are valid. */
export interface Caller {
  findings: Finding[];
  /** The ARN of the user or the role's session; none when the credentials are no good. */
  arn?: string;
}

/**
 * Asks AWS who we are, which takes no permission:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function askCallerIdentity(region: string): Promise<Caller> {
  const sts = new STSClient({ requestHandler: { connectionTimeout: 5000, requestTimeout: 15_000 } });
  try {
    const { Arn = '', Account = '' } = await sts.send(new GetCallerIdentityCommand());
    return {
      arn: Arn,
      findings: [ok('Credentials', 'AWS accepts them'), ok('Identity', `${Arn}, in the account ${Account}`)],
    };
  } catch (error) {
    return { findings: [explain(error as Error & { code?: string }, region)] };
  } finally {
    sts.destroy();
  }
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
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return wrong(
        'Region',
        seen,
        `Check that this machine is online, and that there is a Region "${region}": it is AWS_REGION.`,
      );
    default:
      return wrong(
        'Credentials',
        seen,
        'Check the network and its proxy, and the endpoint if you set one, then try again.',
      );
  }
}
