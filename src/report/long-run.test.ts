import picocolors from 'picocolors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LongRun } from './long-run.ts';
import { renderStatus } from './render.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('shows the seconds from the tenth on, until the end', () => {
  const told: number[] = [];
  const longRun = new LongRun();
  longRun.begin((seconds) => told.push(seconds));

  vi.advanceTimersByTime(9_000);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(3_000);
  expect(told).toEqual([10, 11, 12]);

  longRun.end();
  vi.advanceTimersByTime(3_000);
  expect(told).toEqual([10, 11, 12]);
});

test('each step has seconds of its own', () => {
  const told: string[] = [];
  const longRun = new LongRun();
  longRun.begin((seconds) => told.push(`first ${seconds}`));
  vi.advanceTimersByTime(8_000);
  longRun.begin((seconds) => told.push(`second ${seconds}`));
  vi.advanceTimersByTime(10_000);

  expect(told).toEqual(['second 10']);
});

test('reports a step that takes long, and how to end it', () => {
  const page = { colors: picocolors.createColors(false), width: 80 };
  const step = { number: 2, name: '02-encrypt', title: 'Encrypt' };

  expect(renderStatus({ kind: 'taking long', step, seconds: 12, canSave: true }, page)).toEqual([
    ' Step 2 has been running for 12 s · saving restarts it',
  ]);
  expect(renderStatus({ kind: 'taking long', step, seconds: 12, canSave: false }, page)).toEqual([
    ' Step 2 has been running for 12 s',
  ]);
});
