import { readFile } from 'node:fs/promises';

/**
 * Reads a JSON file that may hold secrets: the messages of its errors have nothing of what is in it.
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
      `The file '${path}' of ${option} can't be read: ${(error as NodeJS.ErrnoException).code}. Name another one.`,
    );
  }
  try {
    return JSON.parse(json);
  } catch (error) {
    // Of the message only where it is: Node.js quotes the text around it.
    const [position = ''] = / at position \d+/.exec((error as Error).message) ?? [];
    throw new TypeError(`The file '${path}' of ${option} is not JSON${position}. Correct it.`);
  }
}
