import { type Option, options } from './options.ts';

const introduction = `A local AWS: KMS, CloudTrail and STS on 127.0.0.1, for clients that can't tell it from AWS.

  npm run local-aws -- [options]

When it is ready, it prints a line for each variable to export, and nothing else, on stdout. It stops on Ctrl+C.

Options:`;

export function helpText(): string {
  const names = Object.entries<Option>(options).map(([name, { value }]) => `--${name} ${value ?? ''}`);
  const width = Math.max(...names.map((name) => name.length));
  const purposes = Object.values<Option>(options).map(({ purpose }) => purpose);
  const lines = names.map((name, index) => `  ${name.padEnd(width)}  ${purposes[index]}`);
  return [introduction, ...lines, ''].join('\n');
}
