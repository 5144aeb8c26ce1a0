/** Folder for state that outlives a command: ledgers, progress, saved exercises. */
export const stateFolder = '.workshop';
