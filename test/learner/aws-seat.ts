import { stripVTControlCharacters } from 'node:util';
import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys } from '@aws-sdk/client-kms';
import { type AccessKey, type LocalAws, type LocalAwsOptions, startLocalAws } from 'local-kms-cloudtrail';
import { vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { type FixtureWorkshop, makeFixtureWorkshop } from './fixture-workshop.ts';

type Environment = Record<string, string>;

/** A learner's place in a workshop of its own, with an AWS endpoint. This process is in it until it is left. */
export interface AwsSeat {
  workshop: FixtureWorkshop;
  kms: KMSClient;
  /** Variables that lead the commands to the endpoint, as its administrator. */
  endpoint: Environment;
  /** Returns the variables that lead the commands there as one of the principals. */
  endpointAs(name: string): Environment;
  /** Runs a command in this process, with more of an environment than there is; an empty value takes one away. */
  run(args: string[], environment?: Environment): Promise<{ isWell: boolean; output: string }>;
  /** The states of the keys that there are. */
  keyStates(): Promise<(string | undefined)[]>;
  /** The names of the aliases that there are. */
  aliases(): Promise<(string | undefined)[]>;
  leave(): Promise<void>;
}

/** @param options what its AWS does on purpose; who else there is, beside the administrator; who is told of each call */
export async function takeAwsSeat(
  options: Pick<LocalAwsOptions, 'faults' | 'principals' | 'onCall'> = {},
): Promise<AwsSeat> {
  const workshop = makeFixtureWorkshop();
  workshop.write('package.json', '{"type":"module","engines":{"node":">=20.19.0"}}');
  workshop.write('package-lock.json', '{"lockfileVersion":3,"packages":{}}');
  const restore = moveTo(workshop.root);
  const aws = await startLocalAws({ region: 'eu-central-1', seed: 1, ...options });
  const kms = new KMSClient({ ...aws, maxAttempts: 10 });
  return {
    workshop,
    kms,
    endpoint: endpointOf(aws, aws.credentials),
    endpointAs: (name) => endpointOf(aws, aws.credentialsOf(name)),
    run: (args, environment = {}) => runHere(workshop.root, args, environment),
    keyStates: () => statesOfKeys(kms),
    aliases: () => namesOfAliases(kms),
    async leave() {
      restore();
      kms.destroy();
      await aws.close();
      workshop.remove();
    },
  };
}

function endpointOf({ endpoint, region }: LocalAws, credentials: AccessKey): Environment {
  return {
    WORKSHOP_TARGET: 'endpoint',
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Takes this process there, away from whatever AWS account the person has who runs the test. */
function moveTo(root: string): () => void {
  const before = process.cwd();
  process.chdir(root);
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|WORKSHOP)_/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  vi.stubEnv('HOME', root);
  return () => {
    vi.unstubAllEnvs();
    process.chdir(before);
  };
}

async function runHere(root: string, args: string[], environment: Environment) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value || undefined);
  let output = '';
  const print = (text: string) => {
    output += `${text}\n`;
  };
  const isWell = await runCommandLine(['node', 'main.ts', ...args], root, print);
  return { isWell, output: stripVTControlCharacters(output) };
}

async function statesOfKeys(kms: KMSClient): Promise<(string | undefined)[]> {
  const states: (string | undefined)[] = [];
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId } of Keys) {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      states.push(KeyMetadata?.KeyState);
    }
  }
  return states;
}

/** AWS's own aliases name no key. */
async function namesOfAliases(kms: KMSClient): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, {})) {
    names.push(...Aliases.filter(({ TargetKeyId }) => TargetKeyId).map(({ AliasName }) => AliasName));
  }
  return names;
}
