import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blob,
  boolean,
  integer,
  isBase64,
  list,
  oneOf,
  stringMap,
  structure,
  text,
  timestamp,
} from './members.ts';
import { parseInput } from './validation.ts';

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const isTaken = (encoded: string) => isBase64(encoded, Buffer.from(encoded, 'base64'));

test("accepts exactly the texts that base64's grammar allows", { timeout: 60_000 }, () => {
  const encoded = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64'));
  const spoilt = fc
    .tuple(
      encoded,
      fc.nat(),
      fc.nat(2),
      fc.string({ unit: fc.constantFrom(...'aZ09+/=-_ \n.\u00e4\u{1f511}'), maxLength: 4 }),
    )
    .map(([text, at, removed, inserted]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + inserted + text.slice(place + removed);
    });
  fc.assert(
    fc.property(fc.oneof(encoded, spoilt), (text) => {
      expect(isTaken(text)).toBe(base64Form.test(text));
    }),
    { numRuns: 20_000, seed: 1 },
  );
});

test.each(['', 'QQ==', 'QUI=', 'QUJD', '+/+/'])('%j is base64', (text) => {
  expect(isTaken(text)).toBe(true);
});

test.each([
  'Q',
  'QQ',
  'QQ=',
  'QUI',
  'Q===',
  '====',
  'QQ==QQ==',
  'QU-D',
  'QU_D',
  'QU JD',
  'QUJD\n',
  '\u00e4QQ=',
])('%j is not', (text) => {
  expect(isTaken(text)).toBe(false);
});

describe('an input', () => {
  const input = structure({
    Name: text({ min: 2, max: 4, pattern: /[a-z/]+/ }),
    Alias: text({ pattern: /^[a-z/]+$/ }).optional(),
    Count: integer({ min: 1, max: 3 }).optional(),
    Colour: oneOf(['red', 'blue']).default('red'),
    Marks: list(structure({ Key: text({ max: 3 }) }), { max: 2 }).optional(),
    Sealed: blob({ min: 1, max: 2 }).optional(),
    At: timestamp().optional(),
    Pairs: stringMap().optional(),
    Dry: boolean().optional(),
  });
  const messageOf = (members: object) => {
    try {
      parseInput(input, members);
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    return 'taken';
  };

  test('is read: defaults set, blobs and times decoded, null and unknown members left out', () => {
    const members = { Name: 'ab', Count: null, Sealed: 'QUI=', At: 1.5, Pairs: { a: 'b' }, Size: 7 };
    expect(parseInput(input, members)).toEqual({
      Name: 'ab',
      Colour: 'red',
      Sealed: Buffer.from('AB'),
      At: 1500,
      Pairs: { a: 'b' },
    });
  });

  test('has the texts of numbers and booleans in a map of strings', () => {
    const members = JSON.parse('{"Name":"ab","Pairs":{"a":1,"b":true,"c":"x","__proto__":2}}');
    const { Pairs } = parseInput(input, members, () =>
      JSON.parse('{"Name":"ab","Pairs":{"a":"1.0","b":true,"c":"x","__proto__":"2"}}'),
    );
    expect(Object.entries(Pairs ?? {})).toEqual([
      ['a', '1.0'],
      ['b', 'true'],
      ['c', 'x'],
      ['__proto__', '2'],
    ]);
  });

  test('has no members but its own', () => {
    const parsed = (json: string) => parseInput(input, JSON.parse(json));
    expect(parsed('{"Name": "ab", "Dry": true}')).toHaveProperty('Dry');
    expect(parsed('{"Name": "ab", "__proto__": {"Dry": true}}')).not.toHaveProperty('Dry');
    expect(messageOf(Object.create({ Name: 'ab' }))).toContain("Value null at 'name'");
  });

  test.each([
    [{}, "Value null at 'name' failed to satisfy constraint: Member must not be null"],
    [
      { Name: 'abcde' },
      "Value 'abcde' at 'name' failed to satisfy constraint: Member must have length less than or equal to 4",
    ],
    [
      { Name: 'A/' },
      "Value 'A/' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z/]+",
    ],
    [
      { Name: 'ab', Alias: 'a-b' },
      "Value 'a-b' at 'alias' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z/]+$",
    ],
    [
      { Name: 'ab', Count: 0 },
      "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { Name: 'ab', Colour: 'green' },
      "Value 'green' at 'colour' failed to satisfy constraint: Member must satisfy enum value set: [red, blue]",
    ],
    [
      { Name: 'ab', Marks: [{ Key: 'a' }, { Key: null }] },
      "Value null at 'marks.2.member.key' failed to satisfy constraint: Member must not be null",
    ],
    [
      { Name: 'ab', Sealed: 'QUJD' },
      "Value at 'sealed' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
  ])('%j breaks a constraint', (members, failure) => {
    expect(messageOf(members)).toBe(`ValidationException: 1 validation error detected: ${failure}`);
  });

  test('gets all its violations, in the order of its members', () => {
    expect(messageOf({ Name: 'A', Count: 9 })).toMatch(
      /^ValidationException: 3 validation errors detected: .+ greater than or equal to 2; .+ pattern: .+; .+ at 'count' .+$/,
    );
  });

  test.each([
    [{ Name: 1 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ Name: ['ab'] }, 'Start of list found where not expected'],
    [{ Name: 'ab', Colour: 7 }, 'NUMBER_VALUE can not be converted to a String'],
    [{ Name: 'ab', Colour: {} }, 'Start of structure or map found where not expected.'],
    [{ Name: 'ab', Dry: 0 }, 'NUMBER_VALUE can not be converted to a Boolean'],
    [{ Name: 'ab', Sealed: true }, 'TRUE_VALUE can not be converted to a Blob'],
    [{ Name: 'ab', Count: false }, 'FALSE_VALUE can not be converted to an Integer'],
    [{ Name: 'ab', Count: 1.5 }, 'NUMBER_VALUE can not be converted to an Integer'],
    [{ Name: 'ab', Marks: { Key: 'a' } }, 'Start of structure or map found where not expected.'],
    [{ Name: 'ab', Marks: 'a' }, 'Expected list or null'],
    [{ Name: 'ab', Marks: ['a'] }, 'Expected null'],
    [{ Name: 'ab', Sealed: '-' }, 'Unable to decode a member of type blob: it is not base64.'],
    [{ Name: 'ab', At: 'now' }, 'STRING_VALUE can not be converted to a Double'],
    [{ Name: 'ab', Pairs: { a: { b: 'c' } } }, 'Start of structure or map found where not expected.'],
    [{ Name: 'ab', Pairs: { a: ['b'] } }, 'Start of list found where not expected'],
    [{ Name: 'ab', Pairs: { a: null } }, 'NULL_VALUE can not be converted to a String'],
    [{ Name: 'ab', Pairs: 'a' }, 'Expected map or null'],
    [{ Name: 'ab', Pairs: ['a'] }, 'Start of list found where not expected'],
    [{ Name: '', Dry: 'yes' }, 'STRING_VALUE can not be converted to a Boolean'],
  ])('%j has a member of another type, whatever else is wrong', (members, misfit) => {
    expect(messageOf(members)).toBe(`SerializationException: ${misfit}`);
  });
});
