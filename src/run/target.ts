import { randomInt } from 'node:crypto';
import { devNull } from 'node:os';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from 'local-kms-cloudtrail';
import type { Environment, Settings } from '../settings/settings.ts';
import { limitAnswers } from './endpoint/answer-limits.ts';

/** The target of KMS and CloudTrail calls while it is in use. */
export interface Target {
  /** The environment variables that lead the AWS SDK there. An undefined one has to be absent. */
  environment: Environment;
  close(): Promise<void>;
}

/** The SDK prints a notice on Node 20 otherwise (its `emitWarningIfUnsupportedVersion`). */
const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/**
 * The SDK's defaults, set explicitly. Otherwise each new client looks for these settings in the environment and two files, and creates
 * an error for each that is in neither, which takes it a third of the time that a call takes (its `loadConfig`).
 */
const byDefault = {
  AWS_DEFAULTS_MODE: 'legacy',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_MAX_ATTEMPTS: '3',
  AWS_RETRY_MODE: 'standard',
  AWS_SDK_UA_APP_ID: '',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
  AWS_USE_FIPS_ENDPOINT: 'false',
};

/**
 * Gets the target of the settings ready: starts the local AWS when it is ours to start. The answers of any other target are
 * limited in time and length until it is closed.
 */
export async function startTarget(settings: Settings): Promise<Target> {
  if (settings.target === 'local') {
    const localAws = await startLocalAws({
      port: settings.localPort,
      region: settings.region,
      cloudTrail: cloudTrailOf(settings),
    });
    return { environment: environmentOf(localAws), close: () => localAws.close() };
  }
  const fromSettings = Object.entries(settings.environment).filter(([name]) => name.startsWith('AWS_'));
  const environment = { ...Object.fromEntries(fromSettings), ...quiet };
  const liftLimits = limitAnswers();
  return {
    environment: settings.target === 'aws' ? environment : { ...environment, ...awayFromAws(settings) },
    close: async () => liftLimits(),
  };
}

/** Keeps an endpoint's user away from AWS. */
function awayFromAws({ environment: { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_KMS } }: Settings): Environment {
  return {
    // A service without an endpoint of its own, such as STS, is asked for where KMS is.
    AWS_ENDPOINT_URL: AWS_ENDPOINT_URL ?? AWS_ENDPOINT_URL_KMS,
    // Else a profile could have the SDK ignore the endpoint, and send everything to AWS.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  };
}

/**
 * Learners wait for CloudTrail's delay, but not for its quota of two look-ups a second, which would take longer still:
 * step 4 has a look-up that is refused, made for it. No event is later than the quiet period is long.
 */
function cloudTrailOf({ cloudTrail }: Settings): LocalAwsOptions['cloudTrail'] {
  const { localDelaySeconds: delaySeconds, quietSeconds } = cloudTrail;
  return {
    delaySeconds,
    jitterSeconds: Math.min(delaySeconds / 40, quietSeconds / 2),
    lookupsPerSecond: 200,
  };
}

/**
 * Runs an action against a local AWS of its own, on every target: for situations that can't be arranged in a real
 * account, such as a hundred aliases or an event that CloudTrail delivers twice.
 *
 * It is in a Region that nothing else in the process uses, because the keyring of `@aws-crypto/client-node` keeps one
 * KMS client a Region for the life of the process (its `cacheKmsClients`).
 *
 * @param options as for the local AWS
 */
export async function withLocalAws<Result>(
  options: Omit<LocalAwsOptions, 'region'>,
  action: (localAws: LocalAws) => Promise<Result>,
): Promise<Result> {
  const localAws = await startLocalAws({ ...options, region: `eu-test-${randomInt(1, 1e9)}` });
  // Nothing gets lost on the way to it: what fails there is meant to, and not to be tried again and again.
  const restore = useEnvironment({ ...environmentOf(localAws), AWS_MAX_ATTEMPTS: '1' });
  try {
    return await action(localAws);
  } finally {
    restore();
    await localAws.close();
  }
}

/** Sets variables of this process, and gives a function that puts back what was there. */
export function useEnvironment(environment: Environment): () => void {
  const before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
  assign(environment);
  return () => assign(before);
}

function assign(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/**
 * Points the SDK to the local AWS, and away from everything else. No list of its variables would stay complete, so all
 * variables of this process that are for AWS go, and the files of the user are not read.
 */
export function environmentOf({ endpoint, region, credentials }: LocalAws): Environment {
  return {
    ...Object.fromEntries(variablesForAws().map((name) => [name, undefined])),
    ...quiet,
    ...byDefault,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** The AWS SDK's variables, of which this process may have any; one that Lambda sets has another name. */
function variablesForAws(): string[] {
  return Object.keys(process.env).filter((name) => /^(AWS_|_X_AMZN_)/i.test(name));
}
