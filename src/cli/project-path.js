/**
 * Says why the workshop can't run in a folder: Vite and Vitest take a part of its path for something else, and then don't
 * find their files. In plain JavaScript, because it is asked before anything else works.
 *
 * @param {string} root the project's folder
 * @returns {string | undefined} a sentence, and what to do; undefined when the path is no obstacle
 */
export function faultOfPath(root) {
  const [character] = /[#?%]/.exec(root) ?? [];
  if (character === undefined) return undefined;
  return (
    `The workshop can't run in ${root}: Vitest can't handle the "${character}" in this path. ` +
    'Rename the folder, or move the project to another one.'
  );
}
