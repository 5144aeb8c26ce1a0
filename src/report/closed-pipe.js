/**
 * Whoever reads the output may stop, as `head` does. What is at work goes on, and says the rest to nobody: it may have
 * something to remove.
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
