import { stripVTControlCharacters } from 'node:util';
import { expect, vi } from 'vitest';
import { runCommandLine } from '../command-line.ts';

/** Returns the output of a command in a project's folder, without colours. */
export async function outputOf(root: string, args: string[]): Promise<string> {
  let output = '';
  const print = (text: string) => {
    output += `${text}\n`;
  };
  const help = vi.spyOn(console, 'info').mockImplementation(print);
  try {
    await runCommandLine(['node', 'main.ts', ...args], root, print);
  } finally {
    help.mockRestore();
  }
  return stripVTControlCharacters(output);
}

/** Returns the error message of a command in a project's folder. */
export async function complaintOf(root: string, args: string[]): Promise<string> {
  const complaint = await outputOf(root, args).catch((error: Error) => error);
  expect(complaint).toBeInstanceOf(Error);
  return (complaint as Error).message;
}
