import { setImmediate, setTimeout } from 'node:timers/promises';

/** How an action ended, and the error that ended it. */
export interface Outcome {
  /** It `crashed` if an exception or a rejection was left that nobody handles: that ends a process. */
  ended: 'returned' | 'threw' | 'crashed' | 'never';
  error?: NodeJS.ErrnoException;
}

/** Turns of the event loop in which streams that were destroyed still report errors. */
const turnsAfterwards = 20;

/**
 * Runs an action and returns how it ended. Meanwhile, what nobody handles ends neither the process nor Vitest's run, so
 * only one action can run at a time.
 *
 * @param patienceMilliseconds how long to wait; generous, because a busy machine is no fault of the action
 */
export async function outcomeOf(
  action: () => Promise<unknown>,
  patienceMilliseconds = 5_000,
): Promise<Outcome> {
  const giveUp = new AbortController();
  let crash: Outcome | undefined;
  let reportCrash = () => {};
  const crashed = new Promise<void>((resolve) => {
    reportCrash = resolve;
  });
  const stopCapturing = captureUncaught((error) => {
    crash ??= { ended: 'crashed', error };
    reportCrash();
  });
  try {
    const outcome = await Promise.race([
      settled(action),
      crashed,
      setTimeout(patienceMilliseconds, undefined, { signal: giveUp.signal }).catch(() => {}),
    ]);
    for (let turn = 0; turn < turnsAfterwards; turn++) await setImmediate();
    return crash ?? outcome ?? { ended: 'never' };
  } finally {
    giveUp.abort();
    stopCapturing();
  }
}

async function settled(action: () => Promise<unknown>): Promise<Outcome> {
  try {
    await action();
    return { ended: 'returned' };
  } catch (error) {
    return { ended: 'threw', error: error as Error };
  }
}

/**
 * Calls `report` instead of the process's listeners. A rejection without any listener is an uncaught exception: see
 * `--unhandled-rejections` in Node's documentation.
 */
function captureUncaught(report: (error: Error) => void): () => void {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.setUncaughtExceptionCaptureCallback(report);
  return () => {
    process.setUncaughtExceptionCaptureCallback(null);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  };
}
