import { describe, expect, test } from 'vitest';
import { closest } from '../text/closest.ts';
import { stepByName } from './step-by-name.ts';

const steps = ['01-create-key', '02-encrypt-with-cache', '03-decrypt', '10-clean-up'].map((name) => ({
  name,
  number: Number.parseInt(name, 10),
  title: name,
}));

describe('a step is found', () => {
  test.each([
    ['by its number', '2', '02-encrypt-with-cache'],
    ['by its number with a nought', '02', '02-encrypt-with-cache'],
    ['by its number, not by a part of another', '1', '01-create-key'],
    ['by its folder', '03-decrypt', '03-decrypt'],
    ['by its folder as a shell completes it', 'workshop/03-decrypt/', '03-decrypt'],
    ['by its file', './workshop/03-decrypt/exercise.ts', '03-decrypt'],
    ['by a file as Windows writes it', 'workshop\\03-decrypt\\exercise.ts', '03-decrypt'],
    ['by a part of its name', 'clean', '10-clean-up'],
    ['whatever the case', 'CACHE', '02-encrypt-with-cache'],
  ])('%s', (_how, typed, name) => {
    expect(stepByName(steps, typed).name).toBe(name);
  });
});

describe('a step is not found', () => {
  test('and a close name is suggested', () => {
    expect(() => stepByName(steps, 'encript')).toThrow(
      /^There is no step "encript"\. Did you mean 02-encrypt-with-cache\?/,
    );
    expect(() => stepByName(steps, '03-dercypt')).toThrow('Did you mean 03-decrypt?');
  });

  test('and nothing is suggested when no name is close', () => {
    expect(() => stepByName(steps, 'zzz')).toThrow(
      /^There is no step "zzz"\.\nThe steps are:\n {2}1 {2}01-create-key\n/,
    );
  });

  test('by something that is not a number', () => {
    expect(() => stepByName(steps, '7')).toThrow(/^There is no step 7\.\nThe steps are:/);
  });

  test('when several match, which are named', () => {
    expect(() => stepByName(steps, 'c')).toThrow(
      '"c" fits 3 steps.\nThe steps are:\n  1  01-create-key\n  2  02-encrypt-with-cache\n  10  10-clean-up',
    );
  });

  test('by letters from inside of a word', () => {
    expect(() => stepByName(steps, 'lean')).toThrow('There is no step "lean". Did you mean 10-clean-up?');
  });

  test('by an empty name', () => {
    expect(() => stepByName(steps, '')).toThrow('There is no step "".');
  });
});

describe('the closest candidate', () => {
  test.each([
    ['hnit', 'hint'],
    ['resset', 'reset'],
    ['doktor', 'doctor'],
    ['cleanup', 'clean-up'],
    ['Solve', 'solve'],
  ])('of %s is %s', (typed, meant) => {
    expect(closest(typed, ['hint', 'reset', 'solve', 'doctor', 'progress', 'clean-up'])).toBe(meant);
  });

  test.each(['x', 'frobnicate', ''])('of "%s" is none', (typed) => {
    expect(closest(typed, ['hint', 'reset'])).toBeUndefined();
  });
});
