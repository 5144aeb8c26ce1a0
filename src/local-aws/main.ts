#!/usr/bin/env node
import { parseCommand, type StartArguments } from './command-line/arguments.ts';
import { callLine } from './command-line/call-log.ts';
import { helpText } from './command-line/help.ts';
import { isDetached, whenStarterEnds } from './command-line/starter.ts';
import {
  type AnsweredCallInfo,
  type LocalAws,
  type LocalAwsOptions,
  readFaults,
  startLocalAws,
} from './index.ts';
import { version } from './version.ts';

// The reader of the output may close it, as `head` does. The local AWS goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const print = (text: string) => process.stdout.write(text);
const say = (text: string) => process.stderr.write(`local-aws: ${text}\n`);

// More than one signal may arrive: npm forwards signals that its child has already received.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
  // Node.js resets nohup's setting to ignore this signal.
  process.on('SIGHUP', () => isDetached() || resolve());
  if (!isDetached()) void whenStarterEnds().then(resolve);
});

try {
  const command = parseCommand(process.argv.slice(2));
  if (command.name === 'help') print(helpText());
  else if (command.name === 'version') print(`${version}\n`);
  else await runUntilStopped(command);
} catch (error) {
  say(messageOf(error));
  process.exitCode = 1;
}

async function runUntilStopped(given: StartArguments): Promise<void> {
  const { cloudTrailDelaySeconds: delaySeconds, principals, keys, faults, verbose } = given;
  const aws = await startLocalAws({
    ...given,
    cloudTrail:
      delaySeconds === undefined ? {} : { delaySeconds, jitterSeconds: Math.min(0.5, delaySeconds / 4) },
    ...(await settingsIn(principals, keys)),
    faults: faults === undefined ? [] : await readFaults(faults),
    onWarning: say,
    onCall: (call) => logCall(call, verbose),
  });
  if (faults !== undefined) say(`--seed ${aws.seed} repeats these faults.`);
  print(exportLines(aws));
  await stopped;
  await aws.close();
  // At once: if Node.js ended by itself, a second signal could still change the exit code.
  process.exit(0);
}

/** Reads the files of `--principals` and `--keys`. */
async function settingsIn(
  principals: string | undefined,
  keys: string | undefined,
): Promise<Required<Pick<LocalAwsOptions, 'principals' | 'keys'>>> {
  if (principals === undefined && keys === undefined) return { principals: [], keys: [] };
  // Loaded here, so that a start without these files needn't wait for it.
  const files = await import('./command-line/settings-files.ts');
  return {
    principals: principals === undefined ? [] : await files.readPrincipals(principals),
    keys: keys === undefined ? [] : await files.readKeys(keys),
  };
}

function logCall(call: AnsweredCallInfo, verbose: boolean): void {
  if (verbose) process.stderr.write(`${callLine(call, new Date())}\n`);
  // A defect of the local AWS, which the client sees as a bare InternalFailure.
  if (call.defect instanceof Error) say(`${call.service}:${call.operation} failed: ${call.defect.stack}`);
}

function exportLines({ endpoint, region, credentials }: LocalAws): string {
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('');
}

function messageOf(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop the program that listens there, or choose another port; --port 0 chooses a free one.`;
  }
  return message;
}
