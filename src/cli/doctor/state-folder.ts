import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../../state/state-folder.ts';
import { type Finding, ok, wrong } from './finding.ts';

const subject = 'State folder';

/** Names in the state folder that are folders: src/cli/README.md says what they hold. */
const folderNames = ['hints', 'ledger', 'progress', 'runs', 'saved', 'scratch'];

/** Tries whether runs and commands could write what they have to remember. A run of another user may have made a part of it. */
export function checkStateFolder(root: string): Finding {
  const folder = join(root, stateFolder);
  try {
    const paths = [folder, ...folderNames.map((name) => join(folder, name))];
    const inTheWay = paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
    if (inTheWay)
      return wrong(subject, `${inTheWay} is a file.`, 'Move it away. A folder is needed in its place.');
    mkdirSync(folder, { recursive: true });
    const entries = readdirSync(folder, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
    for (const each of [folder, ...folders]) rmSync(mkdtempSync(join(each, 'doctor-')), { recursive: true });
    return ok(subject, `${stateFolder} can be written`);
  } catch (error) {
    return wrong(
      subject,
      `${(error as Error).message}.`,
      `Make yourself the owner of ${folder} and everything in it. A command run with sudo may have changed the owner.`,
    );
  }
}
