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

// Whoever reads the output may stop, as `head` does: the local AWS goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const print = (text: string) => process.stdout.write(text);
const say = (text: string) => process.stderr.write(`local-aws: ${text}\n`);

// More than one may come: npm passes on a signal that its child has already got.
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
  // Node.js undoes that nohup has this signal ignored.
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
  // At once: on the long way out, Node.js would let a second signal decide the exit code.
  process.exit(0);
}

/** What the files of `--principals` and `--keys` hold. */
async function settingsIn(
  principals: string | undefined,
  keys: string | undefined,
): Promise<Required<Pick<LocalAwsOptions, 'principals' | 'keys'>>> {
  if (principals === undefined && keys === undefined) return { principals: [], keys: [] };
  // Loaded here, because those who name no file needn't wait for it.
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
    return `Port ${port} is taken. Stop what listens there, or take another one; --port 0 takes one that is free.`;
  }
  return message;
}
