import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test('a table is CSV by RFC 4180, which Excel takes for UTF-8', () => {
  const rows = [
    ['learner', 'step'],
    ['Zoë "Z", of\r\nBern', ''],
  ];
  expect(toCsv(rows)).toBe('\uFEFF"learner","step"\r\n"Zoë ""Z"", of\r\nBern",""');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '＠SUM(A1)'])(
  'a spreadsheet takes %j for text, not for a formula',
  (text) => {
    expect(toCsv([[text]])).toBe(`\uFEFF"'${text}"`);
  },
);

test.each(['Ada', 'a=b', "'=1", '2026-11-28 10:42', '02-encrypt-with-cache'])('%j stays as it is', (text) => {
  expect(toCsv([[text]])).toBe(`\uFEFF"${text}"`);
});
