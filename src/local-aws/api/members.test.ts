import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBase64 } from './members.ts';

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const isTaken = (encoded: string) => isBase64(encoded, Buffer.from(encoded, 'base64'));

test('what is base64, by its grammar, is taken, and nothing else', { timeout: 60_000 }, () => {
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
