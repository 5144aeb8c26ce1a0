/** Where the workshop keeps what it has to remember from one command to the next: ledgers, progress, saved exercises. */
export const stateFolder = '.workshop';
