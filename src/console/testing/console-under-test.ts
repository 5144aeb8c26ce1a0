import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { LearnerError } from '../../text/learner-error.ts';
import type { Account, ShownRun } from '../account.ts';
import { consoleApp } from '../app.ts';
import { startConsole } from '../server.ts';
import type { ShownStep } from '../steps/shown-step.ts';

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A console on an empty folder, and requests to it. */
export interface ConsoleUnderTest {
  /** The project's folder, with an empty `output/ada`. */
  root: string;
  output: string;
  address: URL;
  addressForOnce(): string;
  /** The steps that it shows, which are none at first. */
  steps: ShownStep[];
  /** The cookie of somebody who has opened the address. */
  cookie: string;
  /** Sends exactly this path and these headers. The host and the cookie are sound unless others are given. */
  ask(path: string, headers?: Record<string, string>, method?: string, body?: string): Promise<Answer>;
  close(): Promise<void>;
}

/** @param account whose keys and events are shown */
export async function startConsoleUnderTest(
  account: Account = { kms: noAccount, cloudTrail: noAccount },
  target: ShownRun['target'] = 'local',
): Promise<ConsoleUnderTest> {
  const steps: ShownStep[] = [];
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'console-')));
  const output = join(root, 'output');
  mkdirSync(join(output, 'ada'), { recursive: true });
  const run = {
    name: 'ada',
    root,
    target,
    outputFolder: join(output, 'ada'),
    scratchFolder: join(root, 'scratch'),
    cloudTrail: { timeoutSeconds: 20, quietSeconds: 0.05 },
  };
  const running = await startConsole(async (admission) => consoleApp(admission, run, account, () => steps));
  const address = new URL(running.address);
  let cookie = '';
  const ask: ConsoleUnderTest['ask'] = (path, headers = {}, method = 'GET', body = '') =>
    send(address.port, path, { Host: address.host, Cookie: cookie, ...headers }, method, body);
  const { headers } = await ask(`/${address.search}`);
  cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  return {
    ...{ root, output, address, cookie, steps, ask, addressForOnce: running.addressForOnce },
    async close() {
      await running.close();
      rmSync(root, { recursive: true, maxRetries: 10 });
    },
  };
}

function send(
  port: string,
  path: string,
  headers: Record<string, string>,
  method: string,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, async (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function noAccount(): Promise<never> {
  throw new LearnerError('There is no account.');
}
