import { describe, expect, test } from 'vitest';
import { ArgumentError, parseCommand } from './arguments.ts';
import { helpText } from './help.ts';
import { options } from './options.ts';

describe('a command line', () => {
  test('without options starts at the fixed default port', () => {
    expect(parseCommand([])).toEqual({ name: 'start', port: 4599, verbose: false });
  });

  test('gives each option its value, whether after a space or an equals sign', () => {
    const given = ['--port', '0', '--region=eu-central-1', '--data-dir', './data', '--cloudtrail-delay=0.5'];
    const files = ['--principals', 'principals.json', '--keys=keys.json'];
    expect(parseCommand([...given, ...files, '--faults', '[]', '--seed', '4294967295', '--verbose'])).toEqual(
      {
        name: 'start',
        port: 0,
        region: 'eu-central-1',
        dataDirectory: './data',
        principals: 'principals.json',
        keys: 'keys.json',
        cloudTrailDelaySeconds: 0.5,
        faults: '[]',
        seed: 4294967295,
        verbose: true,
      },
    );
  });

  test('keeps the zeros at the start of an account id', () => {
    expect(parseCommand(['--account-id', '012345678901'])).toMatchObject({ accountId: '012345678901' });
  });

  test('takes a value that looks like an option after an equals sign', () => {
    expect(parseCommand(['--faults=--rules.json'])).toMatchObject({ faults: '--rules.json' });
  });

  test('with --help or --version ignores the other options', () => {
    expect(parseCommand(['--verbose', '--help'])).toEqual({ name: 'help' });
    expect(parseCommand(['--version'])).toEqual({ name: 'version' });
  });
});

describe('an error names the option, its value and what is allowed', () => {
  test.for<[string[], string]>([
    [['--port', 'http'], "--port is 'http'; it has to be a whole number from 0 to 65535."],
    [['--port', '65536'], "--port is '65536'; it has to be a whole number from 0 to 65535."],
    [['--port=-1'], "--port is '-1'; it has to be a whole number from 0 to 65535."],
    [['--port', '1e3'], "--port is '1e3'; it has to be a whole number from 0 to 65535."],
    [['--port'], '--port has no value; it has to be a whole number from 0 to 65535.'],
    [
      ['--region', 'Frankfurt'],
      "--region is 'Frankfurt'; it has to be the name of a Region, such as us-east-1.",
    ],
    [
      ['--region', '--verbose'],
      '--region has no value; it has to be the name of a Region, such as us-east-1.',
    ],
    [['--account-id', '1111'], "--account-id is '1111'; it has to be twelve digits."],
    [['--data-dir='], "--data-dir is ''; it has to be the path of a directory."],
    [['--principals='], "--principals is ''; it has to be the path of a file."],
    [['--keys'], '--keys has no value; it has to be the path of a file.'],
    [
      ['--cloudtrail-delay', '5min'],
      "--cloudtrail-delay is '5min'; it has to be a number of seconds, such as 300 or 0.5.",
    ],
    [
      ['--cloudtrail-delay=-1'],
      "--cloudtrail-delay is '-1'; it has to be a number of seconds, such as 300 or 0.5.",
    ],
    [['--seed', '4294967296'], "--seed is '4294967296'; it has to be a whole number from 0 to 4294967295."],
    [['--verbose=yes'], "--verbose takes no value, but got 'yes'."],
    [['start'], "Unexpected argument 'start'.\n--help lists the options."],
    [['-p', '1'], 'Unknown option -p; the options are --port, --region, '],
    [['--prot', '1'], 'Unknown option --prot; the options are --port, --region, '],
    [['--toString'], 'Unknown option --toString; '],
  ])('%j', ([given, message]) => {
    expect(() => parseCommand(given)).toThrow(message);
    expect(() => parseCommand(given)).toThrow(ArgumentError);
  });

  test('of all mistakes at once', () => {
    expect(() => parseCommand(['--port', 'x', '--account-id', 'y'])).toThrow(
      [
        "--port is 'x'; it has to be a whole number from 0 to 65535.",
        "--account-id is 'y'; it has to be twelve digits.",
        '--help lists the options.',
      ].join('\n'),
    );
  });
});

test('the help names every option, and no line is wider than a terminal', () => {
  for (const name of Object.keys(options)) expect(helpText()).toContain(`  --${name} `);
  for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});
