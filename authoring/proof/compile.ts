import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const options = fileURLToPath(new URL('../../tsconfig.json', import.meta.url));

/**
 * Checks the types of files, with the options of the project.
 *
 * @param root the folder of a copy of the project, which is written to
 * @param files relative to the copy
 * @returns the compiler's errors, one a line: `workshop/01-create-key/proof-answer-x.ts(3,1): error TS2304: …`
 */
export async function compile(root: string, files: string[]): Promise<string[]> {
  const project = join(root, 'tsconfig.answers.json');
  writeFileSync(project, JSON.stringify({ extends: options, include: [], files }));
  const output = await new Promise<string>((resolve, reject) => {
    // Its threads would each check what all files use, while the specs need both cores.
    const parameters = [compiler, '--project', project, '--singleThreaded'];
    execFile(process.execPath, parameters, { cwd: root }, (error, stdout) => {
      if (error && !stdout) reject(error);
      else resolve(stdout);
    });
  });
  return output.split('\n').filter((line) => line.includes('error TS'));
}
