import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readEnvironmentFile } from './environment-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-file-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

function read(content: string | Buffer) {
  writeFileSync(join(folder, '.env'), content);
  return readEnvironmentFile(folder);
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('a setting is read', () => {
  test.each([
    ['as it is', 'AWS_PROFILE=mine', 'mine'],
    ['with blanks around', '  AWS_PROFILE\t = mine  ', 'mine'],
    ['after export', 'export AWS_PROFILE=mine', 'mine'],
    ['with a colon', 'AWS_PROFILE: mine', 'mine'],
    ['in double quotes', 'AWS_PROFILE="mine, #1"', 'mine, #1'],
    ['in single quotes', "AWS_PROFILE='my\\new'", 'my\\new'],
    ['before a comment', 'AWS_PROFILE=mine # or yours', 'mine'],
    ['before a comment about a setting', 'AWS_PROFILE=mine # WORKSHOP_RUN=a#b', 'mine'],
    ['in quotes before a comment', "AWS_PROFILE='mine' # or 'yours'", 'mine'],
    ['with an equals sign in its value', 'AWS_PROFILE=a=b==', 'a=b=='],
    ['after a byte order mark', '\uFEFFAWS_PROFILE=mine', 'mine'],
    ['with blanks and umlauts in its value', 'AWS_PROFILE=my prüfung', 'my prüfung'],
  ])('%s', (_, line, value) => {
    expect(read(line)).toEqual({ settings: [{ line: 1, name: 'AWS_PROFILE', value }], faults: [] });
  });

  test.each(['\n', '\r\n', '\r'])('with its line number, for the line end %j', (end) => {
    const lines = ['# A comment', '', 'A=1', '  \t', '  # B=2 “and” more \u200B', 'C=3', ''];

    expect(read(lines.join(end))).toEqual({
      settings: [
        { line: 3, name: 'A', value: '1' },
        { line: 6, name: 'C', value: '3' },
      ],
      faults: [],
    });
  });
});

describe('a line that is neither a setting nor a comment is reported with its number and a correction', () => {
  test.each([
    ['set WORKSHOP_TARGET=aws', 'nothing may stand before the name. Write WORKSHOP_TARGET=value.'],
    ['$env:WORKSHOP_TARGET="aws"', 'nothing may stand before the name. Write WORKSHOP_TARGET=value.'],
    ['$Env:AWS_PROFILE = "a"', 'nothing may stand before the name. Write AWS_PROFILE=value.'],
    ['setx WORKSHOP_TARGET aws', 'nothing may stand before the name. Write WORKSHOP_TARGET=value.'],
    ['WORKSHOP_TARGET', 'it has no "=". Write WORKSHOP_TARGET=value, or begin a comment with #.'],
    ['WORKSHOP_TARGET aws', 'it has no "=". Write WORKSHOP_TARGET=value, or begin a comment with #.'],
    ['WORKSHOP_TARGET:aws', 'it has no "=". Write WORKSHOP_TARGET=value, or begin a comment with #.'],
    ['wJalrXUtnFEMI/K7MDENG/bPx', 'it has no "=". Write NAME=value, or begin a comment with #.'],
    [
      '// AWS_PROFILE=a',
      'it is neither a setting nor a comment. Write AWS_PROFILE=value, or begin a comment',
    ],
    ['"AWS_PROFILE"=a', 'it is neither a setting nor a comment. Write AWS_PROFILE=value, or begin a comment'],
    ['=aws', 'it is neither a setting nor a comment. Write NAME=value, or begin a comment'],
    ['__proto__=aws', 'it is neither a setting nor a comment. Write NAME=value, or begin a comment'],
    [
      'WORKSHOP\u200B_TARGET=aws',
      'it has an invisible character, U+200B. Delete the line, and type it again.',
    ],
    ['AWS_PROFILE=a\u00A0b', 'it has an invisible character, U+00A0.'],
    ['AWS_PROFILE=a\u001B[2J', 'it has an invisible character, U+001B.'],
    ['AWS_PROFILE=', 'it has no value. Write one, or put # before the line.'],
    ['AWS_PROFILE=""', 'it has no value.'],
    ['AWS_PROFILE= # mine', 'it has no value.'],
    ['AWS_PROFILE=“mine”', 'the quotes are typographic. Write straight ones: "value".'],
    ['AWS_PROFILE="mine', 'a quoted value has to end in the same line, with nothing but a comment after it.'],
    [
      'AWS_PROFILE="mine" too',
      'a quoted value has to end in the same line, with nothing but a comment after it.',
    ],
    [
      'AWS_PROFILE="C:\\new"',
      'in double quotes, \\n, \\r and \\t are control characters. Use single quotes.',
    ],
    ['AWS_PROFILE=mine#1', 'the value would end at the #. Put it in single quotes, or a blank before the #.'],
    ['AWS_PROFILE=a WORKSHOP_RUN=b', 'it has two settings. Write each in a line of its own.'],
    ['AWS_PROFILE=a;export WORKSHOP_RUN=b', 'it has two settings. Write each in a line of its own.'],
  ])('%j', (line, fault) => {
    const { faults } = read(`AWS_REGION=eu-central-1\n${line}\n`);

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`.env, line 2: ${fault}`);
  });

  test('reports a name that occurs twice', () => {
    expect(read('AWS_PROFILE=a\n\nAWS_PROFILE=b\n').faults).toEqual([
      '.env, line 3: line 1 has the same name. Delete one of the two lines.',
    ]);
  });

  test('reports bytes that are not UTF-8, except in a comment', () => {
    expect(read(Buffer.from('# für\nAWS_PROFILE=für\n', 'latin1')).faults).toEqual([
      '.env, line 2: it has a character that is not in UTF-8. Save .env as UTF-8.',
    ]);
  });

  test('no message repeats the line, which could be a secret key', () => {
    const { faults } = read('set AWS_SECRET_ACCESS_KEY=wJalr\nAWS_SECRET_ACCESS_KEY="wJalr\nwJalr\nwJalr=');

    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain('wJalr');
  });
});

describe('the file', () => {
  test('need not be there', () => {
    expect(readEnvironmentFile(folder)).toEqual({ settings: [], faults: [] });
  });

  test.each([
    ['with a byte order mark', utf16('\uFEFFWORKSHOP_TARGET=aws\r\n')],
    ['without one', utf16('WORKSHOP_TARGET=aws\r\n')],
    ['in the other order of bytes', utf16('\uFEFFWORKSHOP_TARGET=aws\r\n').swap16()],
  ])('in UTF-16 is refused, %s', (_, content) => {
    const { settings, faults } = read(content);

    expect(settings).toEqual([]);
    expect(faults).toEqual([expect.stringMatching(/^\.env is in UTF-16, .* Save it as UTF-8: /)]);
  });

  test('that is a folder is reported in a sentence', () => {
    mkdirSync(join(folder, '.env'));

    expect(readEnvironmentFile(folder).faults).toEqual([
      expect.stringMatching(/^\.env is a folder\. Rename it: /),
    ]);
  });

  test('that is a dangling link is reported', () => {
    symlinkSync(join(folder, 'gone'), join(folder, '.env'));

    expect(readEnvironmentFile(folder).faults).toEqual([
      expect.stringMatching(/^\.env is a link to a file that does not exist\. /),
    ]);
  });

  test("that can't be read is told, with the reason", () => {
    // The user who runs the test may be able to read any file, but not this.
    symlinkSync('.env', join(folder, '.env'));

    expect(readEnvironmentFile(folder).faults).toEqual([
      expect.stringMatching(
        /^\.env can't be read: ELOOP: .*\. Make it a file that you may read, or delete it\.$/,
      ),
    ]);
  });

  test.each(['.env.txt', '.env.local'])('with the name %s is reported', (name) => {
    writeFileSync(join(folder, name), 'WORKSHOP_TARGET=aws');

    expect(read('AWS_PROFILE=a').faults).toEqual([
      expect.stringContaining(`${name} is not read. Rename it to .env`),
    ]);
  });
});
