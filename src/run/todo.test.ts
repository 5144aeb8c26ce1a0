import { expect, test } from 'vitest';
import { todo } from './todo.ts';

test('a TODO carries its number, file and line, and its message names them', () => {
  expect(() => todo('TODO 2: make the keyring')).toThrow(
    expect.objectContaining({
      name: 'TodoError',
      message: 'TODO 2: make the keyring → src/run/todo.test.ts:5',
      todo: { number: 2, title: 'TODO 2: make the keyring', file: 'src/run/todo.test.ts', line: 5 },
    }),
  );
});
