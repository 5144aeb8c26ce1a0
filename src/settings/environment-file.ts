import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';

/** A line of `.env` that sets something. */
export interface EnvironmentLine {
  /** Counted from 1. */
  line: number;
  name: string;
  value: string;
}

/** The settings of a `.env`, and a sentence for each line, or for the file, that is none. */
export interface EnvironmentFile {
  settings: EnvironmentLine[];
  faults: string[];
}

/** Names that an editor, or the habit of another tool, gives to the file. */
const otherNames = ['.env.txt', '.env.local'];

/**
 * Reads the `.env` of a folder. Every line has to be blank, a comment, or a setting: one that is ignored could be the list
 * of the allowed accounts. A sentence about a line never repeats its text, which could be a secret key.
 *
 * @returns nothing at all when there is no such file
 */
export function readEnvironmentFile(folder: string): EnvironmentFile {
  const misnamed = otherNames
    .filter((name) => existsSync(join(folder, name)))
    .map((name) => `${name} is not read. Rename it to .env, or move its lines there and delete it.`);
  const content = readContent(join(folder, '.env'));
  if (typeof content === 'string') return { settings: [], faults: [content, ...misnamed] };
  const { settings, faults } = parseLines(content);
  return { settings, faults: [...misnamed, ...faults] };
}

/** Gives the bytes, or a sentence that says why there are none. */
function readContent(file: string): Buffer | string {
  try {
    const content = readFileSync(file);
    // No text in UTF-8 has a zero byte, and each of the common characters has one in UTF-16.
    return content.includes(0) ? utf16 : content;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR')
      return '.env is a folder. Rename it: the settings are read from a text file of that name.';
    if (code !== 'ENOENT')
      return `.env can't be read: ${message}. Make it a file that you may read, or delete it.`;
    const isBrokenLink = lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    return isBrokenLink
      ? '.env is a link to a file that does not exist. Delete it, or create that file.'
      : Buffer.alloc(0);
  }
}

const utf16 =
  '.env is in UTF-16, as Windows PowerShell writes it with >. Save it as UTF-8: in an editor, or with Set-Content -Encoding utf8.';

function parseLines(content: Buffer): EnvironmentFile {
  const file: EnvironmentFile = { settings: [], faults: [] };
  // A decoder leaves out the byte order mark at the start.
  const lines = new TextDecoder().decode(content).split(/\r\n|\r|\n/);
  for (const [index, text] of lines.entries()) {
    if (/^\s*(#|$)/.test(text)) continue;
    const line = index + 1;
    const [[name, value] = [], ...more] = Object.entries(parse(text));
    const isSetting = name !== undefined && value !== undefined && more.length === 0;
    const first = file.settings.find((setting) => setting.name === name);
    const fault =
      faultOfCharacters(text) ??
      (isSetting ? faultOfValue(text, name, value) : faultOfForm(text)) ??
      (first && `line ${first.line} has the same name. Delete one of the two lines.`);
    if (fault) file.faults.push(`${placeOf(line)}: ${fault}`);
    if (isSetting) file.settings.push({ line, name, value });
  }
  return file;
}

/** Location of a line, in words. */
export function placeOf(line: number): string {
  return `.env, line ${line}`;
}

/** Characters that an editor hides or shows as a blank. U+FFFD stands for bytes that aren't UTF-8. */
const unseenCharacter = /[\p{C}\uFFFD]|[^\S ]/u;

function faultOfCharacters(text: string): string | undefined {
  const [character] = unseenCharacter.exec(text.replaceAll('\t', ' ')) ?? [];
  if (character === undefined) return undefined;
  if (character === '\uFFFD') return 'it has a character that is not in UTF-8. Save .env as UTF-8.';
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `it has an invisible character, U+${code}. Delete the line, and type it again.`;
}

function faultOfForm(text: string): string {
  const name = nameIn(text);
  if (/^\s*((set|setx|env|let|const|var|declare)\b|\$)/i.test(text))
    return `nothing may stand before the name. Write ${name}=value.`;
  if (!text.includes('=')) return `it has no "=". Write ${name}=value, or begin a comment with #.`;
  return `it is neither a setting nor a comment. Write ${name}=value, or begin a comment with #.`;
}

/** The name of a setting somewhere in a line. */
function nameIn(text: string): string {
  return /(?:WORKSHOP|AWS)_[A-Z_]+/.exec(text)?.[0] ?? 'NAME';
}

function faultOfValue(text: string, name: string, value: string): string | undefined {
  const written = text.slice(text.indexOf(name) + name.length).replace(/^\s*[=:]\s*/, '');
  const quoted = /^(["'`])(?:\\\1|(?!\1).)*\1\s*(#.*)?$/;
  if (value === '') return 'it has no value. Write one, or put # before the line.';
  if (/^["'`]/.test(written)) {
    if (!quoted.test(written))
      return `a quoted value has to end in the same line, with nothing but a comment after it.`;
    return unseenCharacter.test(value)
      ? 'in double quotes, \\n, \\r and \\t are control characters. Use single quotes.'
      : undefined;
  }
  if (/^[\u2018-\u201F\u00AB\u00BB]/.test(written))
    return `the quotes are typographic. Write straight ones: "value".`;
  if (/^[^#]*[^\s#]#/.test(written))
    return 'the value would end at the #. Put it in single quotes, or a blank before the #.';
  if (/[\s;,](export\s+)?(WORKSHOP|AWS)_\w+\s*=/.test(value))
    return 'it has two settings. Write each in a line of its own.';
  return undefined;
}
