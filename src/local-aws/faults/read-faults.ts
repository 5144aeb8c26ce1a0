import { readFile } from 'node:fs/promises';
import type { FaultRule } from './rules.ts';

const example = '[{ "fault": "throttle", "operation": "GenerateDataKey", "rate": 0.1 }]';

/**
 * Reads fault rules from JSON, as the command line gives them.
 *
 * @param given the list of rules, or the path of a file that holds it
 * @throws {TypeError} if the file can't be read, the text isn't JSON, or a rule is invalid
 */
export async function readFaults(given: string): Promise<FaultRule[]> {
  const isJson = /^\s*[[{]/.test(given);
  const json = isJson ? given : await readFaultFile(given);
  let rules: unknown;
  try {
    rules = JSON.parse(json);
  } catch (error) {
    const source = isJson ? 'These fault rules are' : `The file of fault rules '${given}' is`;
    throw new TypeError(`${source} not JSON: ${(error as Error).message}. Write rules such as ${example}`);
  }
  // Loaded here, so that a start without faults needn't wait for it.
  const { checkFaults } = await import('./check-faults.ts');
  return checkFaults(rules);
}

async function readFaultFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TypeError(
      `Could not read the file of fault rules '${path}': ${(error as Error).message}. Name another file, or give the rules themselves, such as ${example}`,
    );
  }
}
