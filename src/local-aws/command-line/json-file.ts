import { readFile } from 'node:fs/promises';

/**
 * Reads a JSON file that may contain secrets. The error messages never quote the file.
 *
 * @param option the option that names the file, such as `--keys`
 * @throws {TypeError} if the file can't be read, or isn't JSON
 */
export async function readJsonFile(option: string, path: string): Promise<unknown> {
  let json: string;
  try {
    json = await readFile(path, 'utf8');
  } catch (error) {
    throw new TypeError(
      `Could not read the file '${path}' of ${option}: ${(error as NodeJS.ErrnoException).code}. Name another file.`,
    );
  }
  try {
    return JSON.parse(json);
  } catch (error) {
    // Only the position is taken from the message, because Node.js quotes the text around it.
    const [position = ''] = / at position \d+/.exec((error as Error).message) ?? [];
    throw new TypeError(`The file '${path}' of ${option} is not JSON${position}. Correct it.`);
  }
}
