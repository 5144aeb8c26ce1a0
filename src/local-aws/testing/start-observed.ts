import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AccessKey } from '../index.ts';

/** A local AWS in another process. */
export interface ObservedLocalAws {
  readonly endpoint: string;
  readonly credentials: AccessKey;
  /** True while the process runs. */
  readonly isRunning: boolean;
  /** Uncaught exceptions, unhandled rejections and defects so far, each with its stack. */
  incidents(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts one. */
export async function startObserved(): Promise<ObservedLocalAws> {
  const child = fork(fileURLToPath(new URL('observed-local-aws.ts', import.meta.url)), {
    execArgv: ['--import', '@oxc-node/core/register'],
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const { endpoint, credentials } = await message<{ endpoint: string; credentials: AccessKey }>(child);
  return {
    endpoint,
    credentials,
    get isRunning() {
      return isRunning();
    },
    async incidents() {
      child.send('incidents?');
      return (await message<{ incidents: string[] }>(child)).incidents;
    },
    async stop() {
      if (!isRunning()) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** @throws if the process ends instead */
async function message<Content>(child: ChildProcess): Promise<Content> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The local AWS ended with exit code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (content) => {
      child.off('exit', onExit);
      resolve(content as Content);
    });
  });
}
