import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWeather, startLocalAws } from '../index.ts';
import type { WeatherRule } from './rules.ts';

const rules: WeatherRule[] = [
  { fault: 'throttle' },
  { fault: 'throttle', service: 'kms', operation: 'GenerateDataKey', sequence: [false, true] },
  { fault: 'server-error', service: 'sts', rate: 0 },
  { fault: 'reset', operation: 'CreateKey', carriedOut: true, rate: 1 },
  { fault: 'latency', milliseconds: [20, 200] },
  { fault: 'late-change', operation: 'CreateAlias', seconds: 3 },
  { fault: 'late-event', operation: 'LookupEvents', seconds: 0.3 },
  { fault: 'doubled-event', secondsApart: [0, 10] },
];

test('takes JSON itself', async () => {
  expect(await readWeather(JSON.stringify(rules))).toEqual(rules);
  expect(await readWeather(` \n${JSON.stringify(rules, null, 2)}\n`)).toEqual(rules);
  expect(await readWeather('[]')).toEqual([]);
});

test('takes a file of JSON', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weather-'));
  const file = join(folder, 'stormy.json');
  try {
    await writeFile(file, JSON.stringify(rules));
    expect(await readWeather(file)).toEqual(rules);

    await writeFile(file, '[{');
    await expect(readWeather(file)).rejects.toThrow(`The weather file '${file}' is not JSON: `);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('says that a file is not there', async () => {
  await expect(readWeather('no-such-weather.json')).rejects.toThrow(
    "The weather file 'no-such-weather.json' can't be read: ENOENT",
  );
});

test('says that the JSON is none', async () => {
  await expect(readWeather('[{ fault: throttle }]')).rejects.toThrow('The weather is not JSON: ');
});

describe('says where a mistake is, what stands there, and what may', () => {
  test.each([
    [{ fault: 'throttle' }, 'weather is {"fault":"throttle"}; it must be a list of rules.'],
    [
      ['throttle'],
      'weather[0] is "throttle"; it must be a rule, such as { "fault": "throttle", "rate": 0.1 }.',
    ],
    [
      [{ fault: 'throttle' }, { fault: 'thunder' }],
      'weather[1].fault is "thunder"; it must be one of throttle, server-error, reset, latency, late-change, late-event, doubled-event.',
    ],
    [[{ rate: 1 }], 'weather[0].fault is missing; it must be one of throttle,'],
    [[{ fault: 'throttle', rate: 30 }], 'weather[0].rate is 30; it must be a number from 0 to 1.'],
    [[{ fault: 'throttle', rate: -1 }], 'weather[0].rate is -1; it must be a number from 0 to 1.'],
    [[{ fault: 'throttle', rate: '1' }], 'weather[0].rate is "1"; it must be a number from 0 to 1.'],
    [[{ fault: 'throttle', sequence: [true, 1] }], 'weather[0].sequence[1] is 1; it must be true or false.'],
    [[{ fault: 'throttle', sequence: [] }], 'weather[0].sequence is []; it must have at least one entry.'],
    [
      [{ fault: 'throttle', rate: 0.5, sequence: [true] }],
      'weather[0].sequence is [true]; it must not stand beside a rate.',
    ],
    [
      [{ fault: 'latency' }],
      'weather[0].milliseconds is missing; it must be a number from 0 to 86400000, or a range of two, [from, to].',
    ],
    [[{ fault: 'latency', milliseconds: [200, 20] }], 'weather[0].milliseconds is [200,20]; it must be'],
    [
      [{ fault: 'late-event', seconds: '3' }],
      'weather[0].seconds is "3"; it must be a number from 0 to 86400',
    ],
    [[{ fault: 'reset', carriedOut: 'yes' }], 'weather[0].carriedOut is "yes"; it must be true or false.'],
    [
      [{ fault: 'throttle', seconds: 3 }],
      'weather[0] has seconds, but a rule of throttle takes only fault, service, operation, rate, sequence.',
    ],
    [
      [{ fault: 'throttle', service: 'KMS' }],
      'weather[0].service is "KMS"; it must be one of kms, cloudtrail, sts.',
    ],
    [
      [{ fault: 'throttle', operation: 'generateDatakey' }],
      'weather[0].operation is "generateDatakey"; it must be spelled GenerateDataKey.',
    ],
    [
      [{ fault: 'throttle', service: 'sts', operation: 'Decrypt' }],
      'weather[0].operation is "Decrypt"; it must be an operation of sts: GetCallerIdentity.',
    ],
    [
      [{ fault: 'throttle', operation: 'Encipher' }],
      'weather[0].operation is "Encipher"; it must be an operation of the local AWS: ',
    ],
    [
      [{ fault: 'late-change', operation: 'Decrypt', seconds: 1 }],
      'weather[0].operation is "Decrypt"; it must be an operation that changes a key or an alias.',
    ],
    [
      [{ fault: 'late-change', service: 'sts', seconds: 1 }],
      'weather[0].service is "sts"; it must be kms, where the keys and aliases are.',
    ],
  ])('%j', async (weather, message) => {
    await expect(readWeather(JSON.stringify(weather))).rejects.toThrow(message);
  });

  test('for each of several', async () => {
    const weather = JSON.stringify([{ fault: 'throttle', rate: 2 }, { fault: 'latency' }]);
    const mistakes =
      /Invalid rules of the weather:\n {2}weather\[0\]\.rate .*\n {2}weather\[1\]\.milliseconds /;
    await expect(readWeather(weather)).rejects.toThrow(mistakes);
  });

  test('to whoever starts a local AWS from JavaScript', async () => {
    const weather = [{ fault: 'throttle', rate: 2 }] as WeatherRule[];
    await expect(startLocalAws({ weather })).rejects.toThrow('weather[0].rate is 2');
  });
});

test('takes every example of the documentation', async () => {
  const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);

  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(await readWeather(example)).not.toEqual([]);
});
