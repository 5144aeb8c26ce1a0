/**
 * The reader of the output may stop, as `head` does. The command then goes on without output, because it may have
 * something to clean up.
 */
export function goOnWithoutReader() {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(ignoreClosedPipe)) stream.on('error', ignoreClosedPipe);
  }
}

/** @param {NodeJS.ErrnoException} error */
function ignoreClosedPipe(error) {
  if (error.code !== 'EPIPE') throw error;
}
