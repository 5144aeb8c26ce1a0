import xterm from '@xterm/headless';
import { beforeEach, expect, test } from 'vitest';
import { LiveRegion, type Terminal } from './live-region.ts';

let screen: InstanceType<typeof xterm.Terminal>;
let terminal: Terminal;
let region: LiveRegion;

beforeEach(() => {
  screen = new xterm.Terminal({ cols: 40, rows: 8, convertEol: true, allowProposedApi: true });
  const write = (text: string) => {
    screen.write(text);
    return true;
  };
  terminal = { rows: 8, columns: 40, write: write as Terminal['write'] };
  region = new LiveRegion(terminal);
});

/** Returns the screen after all output has arrived, without trailing blank lines. */
async function shown(): Promise<string[]> {
  await new Promise<void>((resolve) => screen.write('', resolve));
  const { active } = screen.buffer;
  const lines = Array.from(
    { length: active.length },
    (_, y) => active.getLine(y)?.translateToString(true) ?? '',
  );
  return lines.join('\n').trimEnd().split('\n');
}

test('lines take the place of the last ones', async () => {
  terminal.write('before\n');
  region.show(['one', 'two', 'three']);
  region.show(['four']);

  expect(await shown()).toEqual(['before', 'four']);
});

test('a line that is wider than the terminal is cut, and leaves nothing behind', async () => {
  terminal.write('before\n');
  region.show([`\u001b[31m${'a'.repeat(90)}\u001b[39m`, 'b'.repeat(40), 'two']);
  expect(await shown()).toEqual(['before', `${'a'.repeat(39)}…`, 'b'.repeat(40), 'two']);

  region.show(['three']);
  expect(await shown()).toEqual(['before', 'three']);
});

test('wide lines do not push the first ones off the screen', async () => {
  region.show(Array.from({ length: 7 }, (_, line) => `${line}`.repeat(90)));
  region.show(['one']);

  expect(await shown()).toEqual(['one']);
});

test('after the terminal was made narrower, a line goes with all of its rows', async () => {
  terminal.write('before\n');
  region.show(['a'.repeat(40), 'two']);
  await shown();
  screen.resize(20, 8);
  terminal.columns = 20;
  region.show(['three']);

  expect(await shown()).toEqual(['before', 'three']);
});

test('when the lines are removed, the next output takes their place', async () => {
  terminal.write('before\n');
  region.show(['one', 'two']);
  region.clear();
  terminal.write('after\n');

  expect(await shown()).toEqual(['before', 'after']);
});

test('other output goes above the lines, even without a line end', async () => {
  region.show(['one', 'two']);
  terminal.write('a whole line\n');
  terminal.write('a part');
  region.show(['three']);

  expect(await shown()).toEqual(['a whole line', 'a part', 'three']);
});

test('output of another stream to the same terminal goes above, and the stream is restored at the end', async () => {
  const stderr: Terminal = { write: terminal.write };
  const original = stderr.write;
  region = new LiveRegion(terminal, [stderr]);
  region.show(['one', 'two']);
  stderr.write('a warning\n');
  region.show(['three']);

  expect(await shown()).toEqual(['a warning', 'three']);
  region.clear();
  expect(stderr.write).toBe(original);
});

test('if there are more lines than rows, the last ones are shown and nothing is left behind', async () => {
  terminal.write('before\n');
  const many = Array.from({ length: 20 }, (_, line) => `line ${line}`);
  region.show(many);
  region.show(many.map((line) => `${line}!`));
  region.clear();
  terminal.write('after\n');

  expect(await shown()).toEqual(['before', 'after']);
});
