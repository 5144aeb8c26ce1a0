import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonProtocol } from './json-protocol.ts';

const { members, numbersAsText } = jsonProtocol('message');

test.each([
  [
    '{"a":42,"b":10103.0,"c":-1e3,"d":12345678901234567890}',
    ['42', '10103.0', '-1e3', '12345678901234567890'],
  ],
  ['{"a":"1.0","b":[1.50,{"c":0.0}],"d":true,"e":null}', ['1.0', ['1.50', { c: '0.0' }], true, null]],
  ['{"a 1":"\\"2","b":"\\\\","c":3,"d":"-4, 5"}', ['"2', '\\', '3', '-4, 5']],
])('numbers of %s as the body spells them', (body, values) => {
  expect(Object.values(numbersAsText?.(Buffer.from(body)) ?? {})).toEqual(values);
});

test('everything but the numbers of a body stays as it is', () => {
  const withTexts = (value: unknown): unknown => {
    if (typeof value === 'number') return JSON.stringify(value);
    if (Array.isArray(value)) return value.map(withTexts);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withTexts(item)]));
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const body = Buffer.from(JSON.stringify(value));
      expect(numbersAsText?.(body)).toEqual(withTexts(members(body)));
    }),
    { seed: 1 },
  );
});
