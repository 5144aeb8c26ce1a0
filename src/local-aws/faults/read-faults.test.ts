import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFaults, startLocalAws } from '../index.ts';
import type { FaultRule } from './rules.ts';

const rules: FaultRule[] = [
  { fault: 'throttle' },
  { fault: 'throttle', service: 'kms', operation: 'GenerateDataKey', sequence: [false, true] },
  { fault: 'server-error', service: 'sts', rate: 0 },
  { fault: 'reset', operation: 'CreateKey', carriedOut: true, rate: 1 },
  { fault: 'latency', milliseconds: [20, 200] },
  { fault: 'late-change', operation: 'CreateAlias', seconds: 3 },
  { fault: 'late-event', operation: 'LookupEvents', seconds: 0.3 },
  { fault: 'doubled-event', secondsApart: [0, 10] },
];

test('reads JSON', async () => {
  expect(await readFaults(JSON.stringify(rules))).toEqual(rules);
  expect(await readFaults(` \n${JSON.stringify(rules, null, 2)}\n`)).toEqual(rules);
  expect(await readFaults('[]')).toEqual([]);
});

test('reads a file of JSON', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'));
  const file = join(folder, 'rules.json');
  try {
    await writeFile(file, JSON.stringify(rules));
    expect(await readFaults(file)).toEqual(rules);

    await writeFile(file, '[{');
    await expect(readFaults(file)).rejects.toThrow(`The file of fault rules '${file}' is not JSON: `);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('reports a missing file', async () => {
  await expect(readFaults('no-such-faults.json')).rejects.toThrow(
    "Could not read the file of fault rules 'no-such-faults.json': ENOENT",
  );
});

test('reports rules that are not JSON', async () => {
  await expect(readFaults('[{ fault: throttle }]')).rejects.toThrow('These fault rules are not JSON: ');
});

describe('reports where a mistake is, the value, and what is allowed', () => {
  test.each([
    [{ fault: 'throttle' }, 'faults is {"fault":"throttle"}; it must be a list of rules.'],
    [
      ['throttle'],
      'faults[0] is "throttle"; it must be a rule, such as { "fault": "throttle", "rate": 0.1 }.',
    ],
    [
      [{ fault: 'throttle' }, { fault: 'crash' }],
      'faults[1].fault is "crash"; it must be one of throttle, server-error, reset, latency, late-change, late-event, doubled-event.',
    ],
    [[{ rate: 1 }], 'faults[0].fault is missing; it must be one of throttle,'],
    [[{ fault: 'throttle', rate: 30 }], 'faults[0].rate is 30; it must be a number from 0 to 1.'],
    [[{ fault: 'throttle', rate: -1 }], 'faults[0].rate is -1; it must be a number from 0 to 1.'],
    [[{ fault: 'throttle', rate: '1' }], 'faults[0].rate is "1"; it must be a number from 0 to 1.'],
    [[{ fault: 'throttle', sequence: [true, 1] }], 'faults[0].sequence[1] is 1; it must be true or false.'],
    [[{ fault: 'throttle', sequence: [] }], 'faults[0].sequence is []; it must have at least one entry.'],
    [
      [{ fault: 'throttle', rate: 0.5, sequence: [true] }],
      'faults[0].sequence is [true]; it must not be combined with a rate.',
    ],
    [
      [{ fault: 'latency' }],
      'faults[0].milliseconds is missing; it must be a number from 0 to 86400000, or a range of two, [from, to].',
    ],
    [[{ fault: 'latency', milliseconds: [200, 20] }], 'faults[0].milliseconds is [200,20]; it must be'],
    [
      [{ fault: 'late-event', seconds: '3' }],
      'faults[0].seconds is "3"; it must be a number from 0 to 86400',
    ],
    [[{ fault: 'reset', carriedOut: 'yes' }], 'faults[0].carriedOut is "yes"; it must be true or false.'],
    [
      [{ fault: 'throttle', seconds: 3 }],
      'faults[0] has seconds, but a rule of throttle takes only fault, service, operation, rate, sequence.',
    ],
    [
      [{ fault: 'throttle', service: 'KMS' }],
      'faults[0].service is "KMS"; it must be one of kms, cloudtrail, sts.',
    ],
    [
      [{ fault: 'throttle', operation: 'generateDatakey' }],
      'faults[0].operation is "generateDatakey"; it must be spelled GenerateDataKey.',
    ],
    [
      [{ fault: 'throttle', service: 'sts', operation: 'Decrypt' }],
      'faults[0].operation is "Decrypt"; it must be an operation of sts: GetCallerIdentity.',
    ],
    [
      [{ fault: 'throttle', operation: 'Encipher' }],
      'faults[0].operation is "Encipher"; it must be an operation of the local AWS: ',
    ],
    [
      [{ fault: 'late-change', operation: 'Decrypt', seconds: 1 }],
      'faults[0].operation is "Decrypt"; it must be an operation that changes a key or an alias.',
    ],
    [
      [{ fault: 'late-change', service: 'sts', seconds: 1 }],
      'faults[0].service is "sts"; it must be kms, which has the keys and aliases.',
    ],
  ])('%j', async (faults, message) => {
    await expect(readFaults(JSON.stringify(faults))).rejects.toThrow(message);
  });

  test('in a line for each of several mistakes', async () => {
    const faults = JSON.stringify([{ fault: 'throttle', rate: 2 }, { fault: 'latency' }]);
    const mistakes = /Invalid fault rules:\n {2}faults\[0\]\.rate .*\n {2}faults\[1\]\.milliseconds /;
    await expect(readFaults(faults)).rejects.toThrow(mistakes);
  });

  test('when startLocalAws is called from JavaScript', async () => {
    const faults = [{ fault: 'throttle', rate: 2 }] as FaultRule[];
    await expect(startLocalAws({ faults })).rejects.toThrow('faults[0].rate is 2');
  });
});

test('reads every example in the README', async () => {
  const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);

  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(await readFaults(example)).not.toEqual([]);
});
