import { createHook } from 'node:async_hooks';

/**
 * Runs work, and calls a function each time an asynchronous operation on the file system is over in this process, before
 * its promise or callback goes on. What is on the disk then is what would be left if the process were killed.
 *
 * @param look must be synchronous
 * @returns the result of the work
 */
export async function lookAfterFileOperations<Result>(
  look: () => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const operations = new Set<number>();
  const hook = createHook({
    // FSREQCALLBACK and FSREQPROMISE: see the types in Node's async_hooks documentation.
    init(asyncId, type) {
      if (type.startsWith('FSREQ')) operations.add(asyncId);
    },
    before(asyncId) {
      if (operations.has(asyncId)) look();
    },
  }).enable();
  try {
    return await work();
  } finally {
    hook.disable();
  }
}
