import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A word in everything that this machine has to keep to itself. */
export const secretWord = 'OFTHISMACHINE';

/** The settings of a machine on which everything leads to some AWS, and to credentials for it. */
export interface MachineWithCredentials {
  environment: Record<string, string>;
  /** True if the configuration's credential process ran. */
  ranCredentialProcess(): boolean;
  remove(): void;
}

/**
 * Makes the home folder of such a machine. Wherever something leads is an address that is nobody's (RFC 5737), or one
 * that AWS's own machines have their credentials from.
 */
export function makeMachineWithCredentials(): MachineWithCredentials {
  const home = mkdtempSync(join(tmpdir(), 'machine-'));
  const path = (name: string) => join(home, name);
  const marker = path('credential-process-ran');
  const program = path('get-credentials.cjs');
  const inThreeDays = new Date(Date.now() + 3 * 24 * 60 * 60 * 1000).toISOString();
  const files = {
    '.aws/config': configurationFile(`"${process.execPath}" "${program}"`),
    '.aws/credentials': credentialsFile,
    '.aws/sso/cache/d033e22ae348aeb5660fc2140aec35850c4da997.json': JSON.stringify({
      accessToken: `sso-${secretWord}`,
      expiresAt: inThreeDays,
      region: 'eu-west-1',
      startUrl: 'https://start.invalid/start',
    }),
    'get-credentials.cjs': credentialProcess(marker),
    'web-identity-token': `token-${secretWord}`,
    'container-token': `token-${secretWord}`,
    'ca-bundle.pem': '',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
  return {
    environment: { ...awsEnvironment(path), ...proxyEnvironment, HOME: home, USERPROFILE: home },
    ranCredentialProcess: () => existsSync(marker),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Settings that the SDK for JavaScript reads, and settings of AWS's other tools. */
function awsEnvironment(path: (name: string) => string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: `AKIA${secretWord}001`,
    AWS_SECRET_ACCESS_KEY: `secret-${secretWord}`,
    AWS_SESSION_TOKEN: `session-${secretWord}`,
    AWS_SECURITY_TOKEN: `session-${secretWord}`,
    AWS_CREDENTIAL_EXPIRATION: '2999-12-31T00:00:00Z',
    AWS_CREDENTIAL_SCOPE: secretWord,
    AWS_ACCOUNT_ID: '999999999999',
    AWS_BEARER_TOKEN_KMS: `bearer-${secretWord}`,
    AWS_BEARER_TOKEN_CLOUDTRAIL: `bearer-${secretWord}`,
    AWS_AUTH_SCHEME_PREFERENCE: 'httpBearerAuth,sigv4a',
    AWS_SIGV4A_SIGNING_REGION_SET: '*',

    AWS_PROFILE: 'production',
    AWS_DEFAULT_PROFILE: 'production',
    AWS_CONFIG_FILE: path('.aws/config'),
    AWS_SHARED_CREDENTIALS_FILE: path('.aws/credentials'),
    AWS_SDK_LOAD_CONFIG: '1',
    AWS_LOGIN_CACHE_DIRECTORY: path('.aws/login/cache'),

    AWS_ROLE_ARN: `arn:aws:iam::999999999999:role/${secretWord}`,
    AWS_ROLE_SESSION_NAME: secretWord,
    AWS_WEB_IDENTITY_TOKEN_FILE: path('web-identity-token'),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: `token-${secretWord}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path('container-token'),
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://192.0.2.10',
    AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv4',
    AWS_EC2_METADATA_V1_DISABLED: 'false',

    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-2',
    AWS_ENDPOINT_URL: 'http://192.0.2.20',
    AWS_ENDPOINT_URL_KMS: 'http://192.0.2.21',
    AWS_ENDPOINT_URL_CLOUDTRAIL: 'http://192.0.2.22',
    AWS_ENDPOINT_URL_STS: 'http://192.0.2.23',
    AWS_ENDPOINT_URL_SSO: 'http://192.0.2.24',
    AWS_ENDPOINT_URL_SSO_OIDC: 'http://192.0.2.25',
    AWS_ENDPOINT_URL_SIGNIN: 'http://192.0.2.26',
    // The endpoints of the local AWS are configured in the same way.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required',
    AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
    AWS_ENABLE_ENDPOINT_DISCOVERY: 'true',
    AWS_ENDPOINT_DISCOVERY_ENABLED: 'true',

    AWS_CA_BUNDLE: path('ca-bundle.pem'),
    AWS_DEFAULTS_MODE: 'auto',
    AWS_RETRY_MODE: 'adaptive',
    AWS_MAX_ATTEMPTS: '1',
    AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_SDK_UA_APP_ID: secretWord,
    AWS_EXECUTION_ENV: `AWS_Lambda_${secretWord}`,
    AWS_LAMBDA_FUNCTION_NAME: secretWord,
    AWS_LAMBDA_BENCHMARK_MODE: '1',
    AWS_LAMBDA_MAX_CONCURRENCY: '2',
    _X_AMZN_TRACE_ID: `Root=${secretWord}`,
  };
}

const proxy = 'http://192.0.2.30:3128';

const proxyEnvironment = {
  HTTP_PROXY: proxy,
  HTTPS_PROXY: proxy,
  ALL_PROXY: proxy,
  http_proxy: proxy,
  https_proxy: proxy,
  all_proxy: proxy,
  NO_PROXY: '',
  no_proxy: '',
  NODE_USE_ENV_PROXY: '1',
};

function configurationFile(credentialProcess: string): string {
  return `
[default]
region = us-west-2
endpoint_url = http://192.0.2.40
credential_process = ${credentialProcess}

[profile production]
region = us-west-2
services = elsewhere
role_arn = arn:aws:iam::999999999999:role/${secretWord}
source_profile = from-process

[profile from-process]
credential_process = ${credentialProcess}

[profile from-sso]
sso_session = admin
sso_account_id = 999999999999
sso_role_name = ${secretWord}

[sso-session admin]
sso_region = eu-west-1
sso_start_url = https://start.invalid/start

[services elsewhere]
kms =
  endpoint_url = http://192.0.2.41
cloudtrail =
  endpoint_url = http://192.0.2.42
sts =
  endpoint_url = http://192.0.2.43
`;
}

const credentialsFile = `
[default]
aws_access_key_id = AKIA${secretWord}002
aws_secret_access_key = secret-${secretWord}
`;

/** Leaves a file behind, and gives credentials as https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html says. */
function credentialProcess(marker: string): string {
  const credentials = {
    Version: 1,
    AccessKeyId: `AKIA${secretWord}003`,
    SecretAccessKey: `secret-${secretWord}`,
  };
  return `
require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');
console.log(${JSON.stringify(JSON.stringify(credentials))});
`;
}
