import { accountIdPattern, regionPattern } from '../account.ts';

/** The default is a fixed port, so that exported variables stay valid over a restart. */
export const defaultPort = 4599;

export interface Option {
  /** Placeholder of the value in the help. An option without it takes no value. */
  readonly value?: string;
  readonly purpose: string;
  /** Description of a valid value, which follows "it has to be". */
  readonly allowed?: string;
  isAllowed?(value: string): boolean;
}

const isWholeNumber = (most: number) => (value: string) => /^\d{1,10}$/.test(value) && Number(value) <= most;

export const options = {
  port: {
    value: '<number>',
    purpose: `where to listen on 127.0.0.1; 0 for a port that the system chooses (default ${defaultPort})`,
    allowed: 'a whole number from 0 to 65535',
    isAllowed: isWholeNumber(65535),
  },
  region: {
    value: '<name>',
    purpose: 'the only Region (default: that of the data directory, or us-east-1)',
    allowed: 'the name of a Region, such as us-east-1',
    isAllowed: (value) => regionPattern.test(value),
  },
  'account-id': {
    value: '<digits>',
    purpose: 'the only account (default: that of the data directory, or 111122223333)',
    allowed: 'twelve digits',
    isAllowed: (value) => accountIdPattern.test(value),
  },
  'data-dir': {
    value: '<directory>',
    purpose: 'where to keep keys, events and the access key (default: in memory only)',
    allowed: 'the path of a directory',
    isAllowed: (value) => value !== '',
  },
  principals: {
    value: '<file>',
    purpose: 'JSON file of users and roles besides the administrator, with policies and credentials',
    allowed: 'the path of a file',
    isAllowed: (value) => value !== '',
  },
  keys: {
    value: '<file>',
    purpose: 'JSON file of keys to create at the start, with ids and key material that you choose',
    allowed: 'the path of a file',
    isAllowed: (value) => value !== '',
  },
  'cloudtrail-delay': {
    value: '<seconds>',
    purpose: 'time until LookupEvents shows an event (default 2)',
    allowed: 'a number of seconds, such as 300 or 0.5',
    isAllowed: (value) => /^\d{1,6}(\.\d{1,6})?$/.test(value),
  },
  faults: {
    value: '<rules>',
    purpose: 'faults to inject on purpose: rules in JSON, or a file with them',
    allowed: 'JSON, or the path of a file',
    isAllowed: (value) => value !== '',
  },
  seed: {
    value: '<number>',
    purpose: 'repeats the random decisions about timing and faults (default: random)',
    allowed: `a whole number from 0 to ${2 ** 32 - 1}`,
    isAllowed: isWholeNumber(2 ** 32 - 1),
  },
  verbose: { purpose: 'print a line on stderr for each call: time, call, status, request id, duration' },
  help: { purpose: 'print this text' },
  version: { purpose: 'print the version' },
} satisfies Record<string, Option>;
