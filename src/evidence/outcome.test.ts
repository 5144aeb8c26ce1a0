import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { outcomeOf } from './outcome.ts';

const error = new Error('for this test');

test('tells a result from an error', async () => {
  expect(await outcomeOf(async () => 'a result')).toEqual({ ended: 'returned' });
  expect(await outcomeOf(() => Promise.reject(error))).toEqual({ ended: 'threw', error });
});

test('notices an exception that nobody catches', async () => {
  const throwsLater = async () => {
    process.nextTick(() => {
      throw error;
    });
    await setImmediate();
  };

  expect(await outcomeOf(throwsLater)).toEqual({ ended: 'crashed', error });
});

test('notices an exception that comes after the end', async () => {
  const throwsAfterwards = async () => {
    process.nextTick(() => {
      throw error;
    });
  };

  expect(await outcomeOf(throwsAfterwards)).toEqual({ ended: 'crashed', error });
});

test('notices a rejection that nobody handles', async () => {
  const forgets = async () => {
    void Promise.reject(error);
  };

  expect(await outcomeOf(forgets)).toEqual({ ended: 'crashed', error });
});

test('does not wait for an action that crashed', async () => {
  const hangs = () => {
    process.nextTick(() => {
      throw error;
    });
    return new Promise(() => {});
  };

  expect(await outcomeOf(hangs)).toEqual({ ended: 'crashed', error });
});

test('gives up an action that never ends', async () => {
  expect(await outcomeOf(() => new Promise(() => {}), 1)).toEqual({ ended: 'never' });
});

test('puts the listeners of the process back', async () => {
  const before = process.listeners('unhandledRejection');
  await outcomeOf(async () => {});

  expect(process.listeners('unhandledRejection')).toEqual(before);
  expect(process.hasUncaughtExceptionCaptureCallback()).toBe(false);
});
