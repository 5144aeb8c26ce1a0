import { accountIdPattern, regionPattern } from '../account.ts';

/** Where the local AWS is, unless told otherwise, so that what was exported once stays right. */
export const defaultPort = 4599;

export interface Option {
  /** What stands for the value in the help; an option without takes none. */
  readonly value?: string;
  readonly purpose: string;
  /** What a value may be, in words that follow "it has to be". */
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
    purpose: 'the one Region that is there (default us-east-1, or that of the data directory)',
    allowed: 'the name of a Region, such as us-east-1',
    isAllowed: (value) => regionPattern.test(value),
  },
  'account-id': {
    value: '<digits>',
    purpose: 'the one account that is there (default 111122223333, or that of the data directory)',
    allowed: 'twelve digits',
    isAllowed: (value) => accountIdPattern.test(value),
  },
  'data-dir': {
    value: '<directory>',
    purpose: 'keep keys, events and the access key there (default: nowhere, all is in memory)',
    allowed: 'the path of a directory',
    isAllowed: (value) => value !== '',
  },
  principals: {
    value: '<file>',
    purpose: 'users and roles beside the administrator, with policies and credentials, in JSON',
    allowed: 'the path of a file',
    isAllowed: (value) => value !== '',
  },
  keys: {
    value: '<file>',
    purpose: 'keys that are there from the start, with ids and material of your choice, in JSON',
    allowed: 'the path of a file',
    isAllowed: (value) => value !== '',
  },
  'cloudtrail-delay': {
    value: '<seconds>',
    purpose: 'how long an event takes until LookupEvents shows it (default 2)',
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
    purpose: 'repeats what chance decides of timing and faults (default: at random)',
    allowed: `a whole number from 0 to ${2 ** 32 - 1}`,
    isAllowed: isWholeNumber(2 ** 32 - 1),
  },
  verbose: { purpose: 'a line on stderr for each call: time, call, status, request id, duration' },
  help: { purpose: 'this text' },
  version: { purpose: 'the version' },
} satisfies Record<string, Option>;
