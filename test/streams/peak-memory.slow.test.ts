import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('peak-memory.ts', import.meta.url));

test('encrypts and decrypts 256 MiB with less than 128 MiB of memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'streams-'));
  onTestFinished(() => rm(folder, { recursive: true }));

  expect(await peakMebibytes(folder, 'at-once')).toBeGreaterThan(256);
  expect(await peakMebibytes(folder, 'streams')).toBeLessThan(128);
});

async function peakMebibytes(folder: string, how: 'streams' | 'at-once'): Promise<number> {
  const node = ['--import', '@oxc-node/core/register', script, folder, '256', how];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  return Number(stdout);
}
