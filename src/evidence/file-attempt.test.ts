import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, open, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  abortWhenWritten,
  actWhenWritten,
  attemptOnFiles,
  fillDisk,
  staysOpen,
  truncateWhenWritten,
} from './file-attempt.ts';

const parent = await realpath(await mkdtemp(join(tmpdir(), 'file-attempt-')));

test('shows what work wrote, and the files that it left', async () => {
  const attempt = await attemptOnFiles(parent, Buffer.from('abc'), async ({ folder, input, output }) => {
    await writeFile(output, await readFile(input));
    await mkdir(join(folder, 'more'));
    await writeFile(join(folder, 'more', 'rest'), 'a rest');
  });

  expect(attempt).toMatchObject({ ended: 'returned', output: Buffer.from('abc') });
  expect(attempt.created.sort()).toEqual([join('more', 'rest'), 'output']);
});

test('shows the output as it was when the work was over, and files that came later', async () => {
  const attempt = await attemptOnFiles(parent, Buffer.from('abc'), async ({ folder, output }) => {
    writeFileSync(output, 'a part');
    setImmediate(() => {
      writeFileSync(output, 'all of it');
      writeFileSync(join(folder, 'late'), '');
    });
  });

  expect(attempt).toMatchObject({ output: Buffer.from('a part'), created: ['late', 'output'] });
});

test('does not count the earlier output as created', async () => {
  const earlier = Buffer.from('an earlier output');
  const attempt = await attemptOnFiles(parent, Buffer.from('abc'), async () => {}, earlier);

  expect(attempt).toMatchObject({ output: earlier, created: [] });
});

test('can have an output that nobody can replace', async () => {
  const attempt = await attemptOnFiles(
    parent,
    Buffer.from('abc'),
    ({ input, output }) => rename(input, output),
    'a folder',
  );

  expect(attempt).toMatchObject({ ended: 'threw', output: undefined, created: [] });
});

test('can have an input that nobody can read', async () => {
  const attempt = await attemptOnFiles(parent, 'a folder', async ({ input }) => {
    await readFile(input);
  });

  expect(attempt).toMatchObject({
    ended: 'threw',
    error: { code: 'EISDIR' },
    output: undefined,
    created: [],
  });
});

test('acts in the middle of the work', async () => {
  let written = -1;
  await attemptOnFiles(parent, Buffer.from('abcdef'), async (files) => {
    const copyByteByByte = async () => {
      const part = `${files.output}.part`;
      for (const byte of readFileSync(files.input)) await appendFile(part, Buffer.from([byte]));
      await rename(part, files.output);
    };
    await actWhenWritten(files, 2, copyByteByByte(), () => {
      written = readFileSync(`${files.output}.part`).length;
      truncateSync(files.input, 3);
    });
  });

  expect(written).toBeGreaterThan(2);
  expect(written).toBeLessThan(6);
});

test('does not act when too little is written', async () => {
  let hasActed = false;
  await attemptOnFiles(parent, Buffer.from('abc'), (files) =>
    actWhenWritten(files, 3, writeFile(files.output, 'abc'), () => {
      hasActed = true;
    }),
  );

  expect(hasActed).toBe(false);
});

test('shortens the input in the middle of the work', async () => {
  let left = '';
  await attemptOnFiles(parent, Buffer.from('abcdef'), async (files) => {
    const writeUntilShort = async () => {
      while (readFileSync(files.input).length > 4) await appendFile(files.output, 'a');
    };
    await truncateWhenWritten(files, 2, 4, writeUntilShort());
    left = readFileSync(files.input, 'utf8');
  });

  expect(left).toBe('abcd');
});

test('aborts in the middle of the work', async () => {
  const attempt = await attemptOnFiles(parent, Buffer.from('abc'), (files) =>
    abortWhenWritten(files, 2, async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        await appendFile(files.output, 'a');
      }
    }),
  );

  expect(attempt).toMatchObject({ ended: 'threw', error: { name: 'AbortError' } });
  expect(attempt.output?.length).toBeGreaterThan(2);
});

test.runIf(process.platform === 'linux')('lets writing fail as on a full disk', async () => {
  const attempt = await attemptOnFiles(parent, Buffer.from('abc'), async ({ output }) => {
    fillDisk(output);
    await (await open(output, 'w')).close();
    await writeFile(output, 'abc');
  });

  expect(attempt).toMatchObject({
    ended: 'threw',
    error: { code: 'ENOSPC' },
    output: undefined,
    created: [],
  });
});

test('notices a file that stays open', async () => {
  const file = join(parent, 'open');
  const handle = await open(file, 'w');

  expect(await staysOpen(file, 1)).toBe(process.platform === 'linux');
  await handle.close();
  expect(await staysOpen(file, 1)).toBe(false);
});
