import { parseArgs } from 'node:util';
import { defaultPort, type Option, options } from './options.ts';

/** The command that a command line asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | ({ readonly name: 'start' } & StartArguments);

/** The options that the command line has. */
export interface StartArguments {
  readonly port: number;
  readonly region?: string;
  readonly accountId?: string;
  readonly dataDirectory?: string;
  /** Path of a file with users and roles. */
  readonly principals?: string;
  /** Path of a file with keys. */
  readonly keys?: string;
  readonly cloudTrailDelaySeconds?: number;
  /** Rules in JSON, or the path of a file with them. */
  readonly faults?: string;
  readonly seed?: number;
  readonly verbose: boolean;
}

type OptionName = keyof typeof options;

/** Thrown for an invalid command line. The message has a line for each mistake. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/**
 * Reads a command line.
 *
 * It doesn't use cac, which reads the value 012345678901 as a number and so loses the first digit of an account id.
 *
 * @param given without the program's name
 * @throws {ArgumentError} if an option or its value is invalid
 */
export function parseCommand(given: readonly string[]): Command {
  const { tokens } = parseArgs({
    args: [...given],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries<Option>(options).map(([name, { value }]) => [
        name,
        { type: value ? 'string' : 'boolean' },
      ]),
    ),
  });
  const mistakes: string[] = [];
  const values: { [Name in OptionName]?: string } = {};
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`Unexpected argument '${token.value}'.`);
    if (token.kind !== 'option') continue;
    // The next option isn't a value, unless an equals sign says so: --faults=--rules.json
    const isNextOption = token.inlineValue === false && token.value.startsWith('--');
    const mistake = mistakeIn(token.name, token.rawName, isNextOption ? undefined : token.value);
    if (mistake) mistakes.push(mistake);
    else values[token.name as OptionName] = token.value ?? '';
  }
  if (mistakes.length > 0) throw new ArgumentError([...mistakes, '--help lists the options.'].join('\n'));
  return commandOf(values);
}

function mistakeIn(name: string, rawName: string, value: string | undefined): string | undefined {
  if (!Object.hasOwn(options, name)) {
    return `Unknown option ${rawName}; the options are --${Object.keys(options).join(', --')}.`;
  }
  const option: Option = options[name as OptionName];
  if (!option.value)
    return value === undefined ? undefined : `${rawName} takes no value, but got '${value}'.`;
  if (value === undefined) return `${rawName} has no value; it has to be ${option.allowed}.`;
  return option.isAllowed?.(value) ? undefined : `${rawName} is '${value}'; it has to be ${option.allowed}.`;
}

function commandOf(values: { [Name in OptionName]?: string }): Command {
  if (values.help !== undefined) return { name: 'help' };
  if (values.version !== undefined) return { name: 'version' };
  const { region, principals, keys, faults, 'account-id': accountId, 'data-dir': dataDirectory } = values;
  const numberOf = (value: string | undefined) => (value === undefined ? undefined : Number(value));
  return {
    name: 'start',
    port: Number(values.port ?? defaultPort),
    region,
    accountId,
    dataDirectory,
    principals,
    keys,
    cloudTrailDelaySeconds: numberOf(values['cloudtrail-delay']),
    faults,
    seed: numberOf(values.seed),
    verbose: values.verbose !== undefined,
  };
}
