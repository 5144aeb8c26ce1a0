import type { Vitest } from 'vitest/node';
import { printable } from '../text/printable.ts';

/**
 * Tells the user what no step is about, at once. It goes to the error stream: reporters that write for machines have
 * the other one.
 */
export function announce({ config, logger }: Vitest, text: string): void {
  if (config.silent !== true) logger.error(`\n${printable(text).replace(/^/gm, ' ')}`);
}
