import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { bundledProgram } from './bundled-program.ts';
import type { Addressee } from './signed-request.ts';

/** A server in a process of its own, so that its processor time can be told from the load's. */
export interface MeasuredServer extends Addressee {
  /** Of the whole process since its start, garbage collection included. In microseconds. */
  processorTime(): Promise<number>;
  stop(): Promise<void>;
}

export async function startServer(file: 'bare-server.ts' | 'local-aws-server.ts'): Promise<MeasuredServer> {
  const bundled = await bundledProgram(file);
  const child = fork(bundled.path, { execArgv: [] });
  const addressee = (await nextMessage(child)) as Addressee;
  return {
    ...addressee,
    async processorTime() {
      child.send('processor-time');
      return Number(await nextMessage(child));
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      await bundled.remove();
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const stopped = new AbortController();
  const exit = once(child, 'exit', { signal: stopped.signal }).then(([code]) => {
    throw new Error(`The server stopped with exit code ${code}.`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message'), exit])) as [unknown];
    return message;
  } finally {
    stopped.abort();
    exit.catch(() => {});
  }
}
