import { isAbsolute, join } from 'node:path';
import { inspect } from 'node:util';
import type { Tag } from '@aws-sdk/client-kms';
import { runNamePattern, runNameRule, type Settings } from '../settings/settings.ts';
import { stateFolder } from './state-folder.ts';

/** One run of the suite: the names that keep it apart from every other run in the account. */
export interface Run {
  name: string;
  /** The project's folder. */
  root: string;
  target: Settings['target'];
  region: string;
  /** The URL of KMS where it isn't AWS's own; none on the local AWS, which is new for each run. */
  endpoint?: string;
  /** The number of the AWS account, where it is known. */
  account?: string;
  /** The alias of the run's key. */
  aliasName: string;
  description: string;
  /** Mark a key as this workshop's and this run's. */
  tags: Tag[];
  /** Goes with every message of this run, and into CloudTrail. */
  encryptionContext: Record<string, string>;
  /** Folder for encrypted messages and decrypted files. Each run has its own, because runs may overlap. */
  outputFolder: string;
  /** Folder for the specs' own files. */
  scratchFolder: string;
  cloudTrail: { timeoutSeconds: number; quietSeconds: number };
}

/** Prefix of the aliases of all runs; the run's name follows. */
export const aliasPrefix = 'alias/kms_key_cse_usecase_3_';

declare module 'vitest' {
  interface ProvidedContext {
    run: Run;
    /** The ARN of the key that global set-up created. */
    keyArn: string;
  }
}

/** The names of a run, from its settings. */
export function describeRun(settings: Settings): Run {
  const { outputFolder: output } = settings;
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_KMS = AWS_ENDPOINT_URL } = settings.environment;
  return {
    name: settings.run,
    root: settings.root,
    target: settings.target,
    region: settings.region,
    ...(settings.target !== 'local' && AWS_ENDPOINT_URL_KMS
      ? { endpoint: AWS_ENDPOINT_URL_KMS.replace(/\/+$/, '') }
      : {}),
    aliasName: `${aliasPrefix}${settings.run}`,
    description: 'Workshop: client-side encryption with data key caching',
    tags: tagsOf(settings.run),
    encryptionContext: { whatfor: 'usecase-3-cse', run: settings.run },
    outputFolder: join(isAbsolute(output) ? output : join(settings.root, output), settings.run),
    scratchFolder: scratchFolderOf(settings.root, settings.run),
    cloudTrail: settings.cloudTrail,
  };
}

/** Marks every key of the workshop. */
export const workshopTag: Tag = { TagKey: 'workshop', TagValue: 'data-key-caching' };

/** The name of the tag that says which run a key is of. */
export const runTagName = 'workshop-run';

/** The tags of a run's keys. */
export function tagsOf(runName: string): Tag[] {
  return [workshopTag, { TagKey: runTagName, TagValue: runName }];
}

/** Folder for the own files of a run's specs. */
export function scratchFolderOf(root: string, runName: string): string {
  return join(root, stateFolder, 'scratch', requireRunName(runName));
}

/** True if a run can have this name. One that comes from an account, a file or a command line may be anything. */
export function isRunName(name: string): boolean {
  return runNamePattern.test(name);
}

/** Says that a name is no run's, with characters escaped that would do something to a terminal. */
export function describeBadRunName(name: string): string {
  return `${inspect(name, { maxStringLength: 100 })}, but the name of a run is ${runNameRule}`;
}

/**
 * Returns the name, which may then be part of a path.
 *
 * @throws TypeError when no run can have it
 */
export function requireRunName(name: string): string {
  if (!isRunName(name)) throw new TypeError(`The run is called ${describeBadRunName(name)}.`);
  return name;
}

/** The alias of the key that step 1's exercise creates: the run's own is taken. */
export function learnerAliasName({ aliasName }: Run): string {
  return `${aliasName}_learner`;
}

/** The names of the files that the steps of a run write. */
export const outputFileNames = [
  'encrypted_e_1.txt',
  'encrypted_e_2.txt',
  'plaintext_u_cycled_1.txt',
  'plaintext_u_cycled_2.txt',
];

/** The files that the steps of a run write. */
export function outputFiles({ outputFolder }: Run): string[] {
  return outputFileNames.map((file) => join(outputFolder, file));
}
