import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { Page } from '../text/layout.ts';
import { renderKeys } from './render.ts';

const plain: Page = { colors: picocolors.createColors(false), width: 80, hasKeyboard: true };

test('the keys have a line of their own in a narrow terminal', () => {
  const sentence = ' Save an exercise to run it.';
  const keys = 'i gives a hint · l shows the lesson · ? lists keys';
  expect(renderKeys(plain)).toEqual([`${sentence} ${keys}`]);
  expect(renderKeys({ ...plain, width: 60 })).toEqual([sentence, ` ${keys}`]);
});

test('no keys are named where there is no keyboard', () => {
  expect(renderKeys({ ...plain, hasKeyboard: false })).toEqual([' Save an exercise to run it.']);
});
