import { readFile } from 'node:fs/promises';
import type { WeatherRule } from './rules.ts';

const example = '[{ "fault": "throttle", "operation": "GenerateDataKey", "rate": 0.1 }]';

/**
 * Reads rules from JSON, such as a command line gives.
 *
 * @param given the list of rules, or the path of a file that holds it
 * @throws {TypeError} that says what is wrong with the file, the JSON, or each rule
 */
export async function readWeather(given: string): Promise<WeatherRule[]> {
  const isJson = /^\s*[[{]/.test(given);
  const json = isJson ? given : await weatherFile(given);
  let rules: unknown;
  try {
    rules = JSON.parse(json);
  } catch (error) {
    const what = isJson ? 'The weather' : `The weather file '${given}'`;
    throw new TypeError(`${what} is not JSON: ${(error as Error).message}. It has to be like ${example}`);
  }
  // Loaded here, because those who want no weather needn't wait for it.
  const { checkWeather } = await import('./check-weather.ts');
  return checkWeather(rules);
}

async function weatherFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TypeError(
      `The weather file '${path}' can't be read: ${(error as Error).message}. Name another one, or give the rules themselves, like ${example}`,
    );
  }
}
