import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../index.ts';

/** Other people's AWS clients, as Debian packages them, and a file by which to see that a package is installed. */
const packages = {
  awscli: '/usr/bin/aws',
  'python3-boto3': '/usr/lib/python3/dist-packages/boto3/__init__.py',
};

/** True if a package is installed. If not, prints that its tests are skipped. */
export function isInstalled(name: keyof typeof packages): boolean {
  // Under Wine, Linux's files are there, but its programs don't start.
  if (process.platform === 'linux' && existsSync(packages[name])) return true;
  console.warn(`Skipped: Debian's ${name} is not installed (apt-get install ${name}).`);
  return false;
}

/** Outcome of a client's process. */
export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A local AWS whose events are there at once, and a way to run clients against it. */
export interface ClientWorld {
  aws: LocalAws;
  /** An empty folder. */
  folder: string;
  /** Runs a client, whatever its exit code; it finds credentials and Region in the environment, and nothing else. */
  run(command: string, args: readonly string[], stdin?: string): Promise<Outcome>;
  close(): Promise<void>;
}

export async function startClientWorld(): Promise<ClientWorld> {
  const aws = await startLocalAws({
    cloudTrail: { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Infinity },
  });
  const folder = mkdtempSync(join(tmpdir(), 'other-clients-'));
  const env = environmentFor(aws, folder);
  return {
    aws,
    folder,
    run: (command, args, stdin = '') => execute(command, args, stdin, env),
    async close() {
      await aws.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Nothing of the environment of the person who runs the tests, and none of the files at home: not the configuration, and
 * neither the aliases and plug-ins of the AWS CLI.
 */
function environmentFor({ region, credentials }: LocalAws, home: string): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    HOME: home,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // The name that the versions of Debian 12 know in all their parts.
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}

function execute(
  command: string,
  args: readonly string[],
  stdin: string,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    };
    // A client that hangs is an error, not a wait without end.
    execFile(command, args, { env, timeout: 60_000 }, ended).stdin?.end(stdin);
  });
}
