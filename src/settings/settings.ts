import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { closest } from '../text/closest.ts';
import { LearnerError } from '../text/learner-error.ts';
import { type EnvironmentLine, placeOf, readEnvironmentFile } from './environment-file.ts';

/** Environment variables by name, as in `process.env`. */
export type Environment = Record<string, string | undefined>;

/** Prefix of the names of this project's own settings. */
const prefix = 'WORKSHOP_';

/** The names that a run can have: a name from elsewhere (a tag, a file, a command line) counts only if it is one of them. */
export const runNamePattern = /^[a-z0-9-]{1,32}$/;

/** The pattern, in words. */
export const runNameRule = '1 to 32 lower-case letters, digits and hyphens';

const durationText = 'a number of seconds, 0 to 86400';

/** At most a day: each duration ends in a timer, and a timer beyond 2^31 milliseconds ends at once. */
const seconds = z.coerce.number(durationText).min(0, durationText).max(86_400, durationText);

const accountIds = z
  .string()
  .regex(/^ *\d{12} *(, *\d{12} *)*$/, 'account ids of 12 digits, separated by commas')
  .transform((list) => list.split(',').map((id) => id.trim()));

const schema = z
  .object({
    WORKSHOP_TARGET: z.enum(['local', 'aws', 'endpoint'], 'local, aws or endpoint').default('local'),
    WORKSHOP_RUN: z
      .string()
      .regex(runNamePattern, runNameRule)
      .default(() => randomBytes(4).toString('hex')),
    WORKSHOP_ALLOWED_ACCOUNTS: accountIds.optional(),
    WORKSHOP_OUTPUT_FOLDER: z.string().min(1, 'the path of a folder').default('output'),
    WORKSHOP_LOCAL_PORT: z.coerce
      .number('a port, 0 to 65535')
      .int('a port, 0 to 65535')
      .min(0, 'a port, 0 to 65535')
      .max(65535, 'a port, 0 to 65535')
      .default(0),
    WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS: seconds.default(2),
    WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS: seconds.optional(),
    WORKSHOP_CLOUDTRAIL_QUIET_SECONDS: seconds.optional(),
    AWS_REGION: z
      .string()
      .regex(/^[a-z]{2,}(-[a-z]+)+-\d$/, 'an AWS Region, such as eu-central-1')
      .optional(),
    AWS_ENDPOINT_URL: z.url('the URL of an AWS-compatible endpoint').optional(),
    AWS_ENDPOINT_URL_KMS: z.url('the URL of an AWS-compatible endpoint').optional(),
    AWS_ENDPOINT_URL_CLOUDTRAIL: z.url('the URL of an AWS-compatible endpoint').optional(),
  })
  .superRefine((value, context) => {
    const missing = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message, input: undefined });
    if (value.WORKSHOP_TARGET !== 'local' && !value.AWS_REGION)
      missing('AWS_REGION', `an AWS Region, such as eu-central-1 (the target is ${value.WORKSHOP_TARGET})`);
    if (value.WORKSHOP_TARGET === 'endpoint' && !value.AWS_ENDPOINT_URL && !value.AWS_ENDPOINT_URL_KMS)
      missing('AWS_ENDPOINT_URL', 'the URL of an AWS-compatible endpoint (the target is endpoint)');
  });

/** Everything that can be set, validated. Durations are in seconds. */
export interface Settings {
  /** The project's folder: relative paths start there, wherever the process stands. */
  root: string;
  /** The target of KMS and CloudTrail calls: the embedded AWS, a real account, or an endpoint that the user names. */
  target: 'local' | 'aws' | 'endpoint';
  /** The only accounts, by their ids, in which anything may be done when the target isn't local; undefined for any. */
  allowedAccounts: string[] | undefined;
  /** The name of this run, part of its key alias, tags and encryption context. */
  run: string;
  region: string;
  outputFolder: string;
  localPort: number;
  cloudTrail: {
    /** How late the local AWS delivers events, on average. */
    localDelaySeconds: number;
    /** How long to look for events before giving up. */
    timeoutSeconds: number;
    /** How long a count has to stay the same before it is believed. */
    quietSeconds: number;
  };
  /** The variables of `.env` and the environment, for the AWS SDK to read. */
  environment: Environment;
}

/** Says which settings are wrong, their values and what is allowed. */
export class SettingsError extends LearnerError {
  override name = 'SettingsError';
}

/**
 * Reads the settings from the `.env` of the project and from the environment, which wins.
 *
 * @param root the project's folder
 * @throws SettingsError that names every bad setting and every line of `.env` that is none, its value and what is allowed
 */
export function readSettings(root: string, environment: Environment = process.env): Settings {
  const file = readEnvironmentFile(root);
  const fromFile = Object.fromEntries(file.settings.map(({ name, value }) => [name, value]));
  const present = Object.fromEntries(
    Object.entries({ ...fromFile, ...environment }).filter(([, value]) => value !== ''),
  );
  const parsed = schema.safeParse(withoutUnusedEndpoints(present));
  const faults = [
    ...file.faults,
    ...file.settings.flatMap((setting) => faultOfLine(setting, environment)),
    ...misspelt(environment),
    ...(parsed.success ? [] : describe(parsed.error, file.settings, environment)),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new SettingsError(
      [
        'These settings are wrong (.env.example explains them all):',
        ...faults.map((fault) => `  ${fault}`),
      ].join('\n'),
    );
  }
  const value = parsed.data;
  const local = value.WORKSHOP_TARGET === 'local';
  return {
    root,
    target: value.WORKSHOP_TARGET,
    allowedAccounts: value.WORKSHOP_ALLOWED_ACCOUNTS,
    run: value.WORKSHOP_RUN,
    region: value.AWS_REGION ?? 'us-east-1',
    outputFolder: value.WORKSHOP_OUTPUT_FOLDER,
    localPort: value.WORKSHOP_LOCAL_PORT,
    cloudTrail: {
      localDelaySeconds: value.WORKSHOP_LOCAL_CLOUDTRAIL_DELAY_SECONDS,
      timeoutSeconds: value.WORKSHOP_CLOUDTRAIL_TIMEOUT_SECONDS ?? (local ? 20 : 20 * 60),
      quietSeconds: value.WORKSHOP_CLOUDTRAIL_QUIET_SECONDS ?? (local ? 0.05 : 90),
    },
    environment: present,
  };
}

/** The local AWS is asked wherever it listens: what the shell knows of other endpoints needn't be right. */
function withoutUnusedEndpoints(environment: Environment): Environment {
  if ((environment.WORKSHOP_TARGET ?? 'local') !== 'local') return environment;
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('AWS_ENDPOINT_URL')),
  );
}

/** Names of the AWS SDK that somebody may set in `.env`, and misspell: each leads to another account, or to none. */
const awsNames = [
  'AWS_REGION',
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  ...['', '_KMS', '_CLOUDTRAIL', '_STS'].map((service) => `AWS_ENDPOINT_URL${service}`),
];

/** `.env` is for settings of the workshop and of the AWS SDK. Nothing else that it says has an effect. */
function faultOfLine({ name, line }: EnvironmentLine, environment: Environment): string[] {
  const known = [...settingNames(), ...awsNames];
  const isAws = /^AWS_[A-Z0-9_]+$/.test(name);
  // The SDK has many more names than we know.
  const meant = isAws ? closest(name, known, typos) : closest(name.replaceAll('-', '_'), known);
  if (!known.includes(name) && (!isAws || meant)) {
    // Text that doesn't look like a name may be part of a secret key.
    const what = meant || /^[A-Z]+(_[A-Z]+)+$/.test(name) ? `Unknown setting ${name}.` : 'Unknown setting.';
    const advice = meant
      ? `Did you mean ${meant}?`
      : 'Delete the line: only names that begin with WORKSHOP_ or AWS_ have an effect here.';
    return [`${placeOf(line)}: ${what} ${advice}`];
  }
  if (environment[name] === '') {
    return [
      `${name} is empty in the shell, which wins over ${placeOf(line)}. Unset it in the shell, or set it there.`,
    ];
  }
  return [];
}

/** Number of wrong letters up to which a name can mean only one setting. */
const typos = 2;

/** A typo must not silently disable a setting, such as the list of the allowed accounts. */
function misspelt(environment: Environment): string[] {
  const settings = settingNames();
  return Object.keys(environment).flatMap((name) => {
    if (settings.includes(name) || environment[name] === '') return [];
    const isOurs = name.toUpperCase().startsWith(prefix);
    const meant = closest(name, settings, isOurs ? undefined : typos);
    if (!isOurs && !meant) return [];
    return [`Unknown setting ${name} in the shell. ${meant ? `Did you mean ${meant}?` : 'Unset it.'}`];
  });
}

/** The names of this project's own settings. */
export function settingNames(): string[] {
  return Object.keys(schema.shape).filter((name) => name.startsWith(prefix));
}

function describe(error: z.ZodError, lines: EnvironmentLine[], environment: Environment): string[] {
  return error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const line = environment[name] ? undefined : lines.find((each) => each.name === name);
    const value = line?.value ?? environment[name];
    const sentence = `${name} is ${value ? `"${value}"` : 'not set'}; it has to be ${message}.`;
    return line ? `${placeOf(line.line)}: ${sentence}` : sentence;
  });
}
