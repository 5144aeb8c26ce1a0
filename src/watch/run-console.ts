import { spawn } from 'node:child_process';
import type { RequestListener } from 'node:http';
import picocolors from 'picocolors';
import { consoleApp } from '../console/app.ts';
import type { Admission } from '../console/guard.ts';
import type { ShownStep } from '../console/steps/shown-step.ts';
import type { Failure, Shown } from '../report/model.ts';
import { detailOf, wordsOf } from '../report/render.ts';
import { renderFailure } from '../report/render-failure.ts';
import type { Run } from '../state/run.ts';

/**
 * The console in the process of a run, which global set-up has led to the run's target.
 *
 * @param shown returns what the terminal shows now
 */
export function consoleOfRun(
  admission: Admission,
  run: Run,
  shown: () => Shown | undefined,
): RequestListener {
  const account = {
    kms: async () => new (await import('@aws-sdk/client-kms')).KMSClient(),
    cloudTrail: async () => new (await import('@aws-sdk/client-cloudtrail')).CloudTrailClient(),
  };
  return consoleApp(admission, run, account, () => shownSteps(shown()));
}

/** The steps in the words of the terminal, but for values and messages of the learner's code: they may hold a plaintext. */
function shownSteps(shown: Shown | undefined): ShownStep[] {
  const page = { colors: picocolors.createColors(false), width: 80 };
  return (shown?.view.steps ?? []).map((step) => {
    const { number, name, title, failure } = step;
    const { status } = shown ?? {};
    const waits =
      status?.kind === 'waiting' && status.step.name === name ? `waits: ${status.message}` : undefined;
    return {
      ...{ number, name, title, state: wordsOf(step), detail: waits ?? detailOf(step) },
      failure: failure && renderFailure(step, withoutValues(failure), page).join('\n'),
    };
  });
}

function withoutValues(failure: Failure): Failure {
  if (failure.kind === 'todo') return failure;
  const { kind, test, location } = failure;
  const place = { ...(test ? { test } : {}), ...(location ? { location } : {}) };
  if (kind === 'error') return { kind, ...place, message: 'The terminal shows its message.' };
  const { todo, sentence } = failure;
  return { kind, ...place, test: failure.test, ...(todo ? { todo } : {}), ...(sentence ? { sentence } : {}) };
}

/** Opens the system's browser. Where there is none, the learner still has the address. */
export function openBrowser(address: string): void {
  const commands: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['open'],
    win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  };
  const [command = '', ...args] = commands[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
