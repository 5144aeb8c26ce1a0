import { onTestFinished } from 'vitest';
import { type LocalAwsOptions, ManualClock } from '../index.ts';
import { type LocalAwsUnderTest, startUnderTest } from './local-aws-under-test.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A local AWS with a data directory, and one clock for all its lives. */
export class KeptLocalAws {
  readonly dataDirectory: string;
  readonly clock = new ManualClock();
  #running: LocalAwsUnderTest | undefined;

  /** For the test that is running: it stops with it, and the directory is removed. */
  static async create(): Promise<KeptLocalAws> {
    const kept = new KeptLocalAws(await temporaryDirectory());
    onTestFinished(() => kept.stop());
    return kept;
  }

  private constructor(dataDirectory: string) {
    this.dataDirectory = dataDirectory;
  }

  /** Starts it; if it runs, stops it before. */
  async start(options: Omit<LocalAwsOptions, 'clock'> = {}): Promise<LocalAwsUnderTest> {
    await this.stop();
    this.#running = await startUnderTest({
      dataDirectory: this.dataDirectory,
      clock: this.clock,
      onWarning(message) {
        throw new Error(`A warning that the test doesn't expect: ${message}`);
      },
      ...options,
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    const { aws, kms, cloudTrail, sts } = this.#running ?? {};
    this.#running = undefined;
    for (const client of [kms, cloudTrail, sts]) client?.destroy();
    await aws?.close();
  }
}
