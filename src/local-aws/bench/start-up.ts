import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundledProgram } from './bundled-program.ts';
import { KeepAliveConnection } from './keep-alive-connection.ts';
import { median } from './quantiles.ts';
import { type Addressee, signedRequest } from './signed-request.ts';
import { table } from './table.ts';

const rounds = 21;
const goal = 1.3;

const startCommand = fileURLToPath(new URL('../start.js', import.meta.url));

/**
 * From the start of the process to the answer to the first signed request, CreateKey: `npm run local-aws`, without npm,
 * against the bare server, which is bundled in the same way. The two are started in turns.
 */
export async function benchmarkStartUp(): Promise<void> {
  // The first start after a change makes the bundle.
  execFileSync(process.execPath, [startCommand, '--version']);
  const bare = await bundledProgram('bare-server.ts');
  const pairs: [Start, Start][] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      pairs.push([
        await timeToFirstAnswer([startCommand, '--port', '0']),
        await timeToFirstAnswer([bare.path]),
      ]);
    }
  } finally {
    await bare.remove();
  }
  console.log(`From start to first answer. Goal: at most ${goal} times the bare server's.\n`);
  const rows = [
    row('milliseconds', pairs, (start) => start.milliseconds),
    row('processor time, in milliseconds', pairs, (start) => start.processorMilliseconds),
  ];
  console.log(table(['', 'local AWS', 'bare', 'ratio'], rows));
}

interface Start {
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
}

function row(name: string, pairs: readonly [Start, Start][], pick: (start: Start) => number): string[] {
  const locals = pairs.map(([local]) => pick(local));
  const bares = pairs.map(([, bare]) => pick(bare));
  const ratios = pairs.map(([local, bare]) => pick(local) / pick(bare));
  return [name, median(locals).toFixed(0), median(bares).toFixed(0), median(ratios).toFixed(2)];
}

async function timeToFirstAnswer(command: readonly string[]): Promise<Start> {
  const startedAt = performance.now();
  const server = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  try {
    const addressee = await addresseeIn(server.stdout);
    const connection = await KeepAliveConnection.open(addressee.endpoint);
    await connection.send(signedRequest(addressee, 'kms', 'TrentService.CreateKey', {}));
    const milliseconds = performance.now() - startedAt;
    connection.close();
    return { milliseconds, processorMilliseconds: processorMilliseconds(server.pid as number) };
  } finally {
    server.kill();
    await exited;
  }
}

/** The processor time of all threads of a process so far. Only Linux tells it; elsewhere NaN. */
function processorMilliseconds(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const threads = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(threads).map((thread) =>
    Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** The server's output: a line for each variable to export. */
async function addresseeIn(output: AsyncIterable<Buffer>): Promise<Addressee> {
  let text = '';
  for await (const chunk of output) {
    text += chunk;
    const value = (name: string) => new RegExp(`^export ${name}=(.+)\n`, 'm').exec(text)?.[1];
    const endpoint = value('AWS_ENDPOINT_URL');
    const region = value('AWS_REGION');
    const accessKeyId = value('AWS_ACCESS_KEY_ID');
    const secretAccessKey = value('AWS_SECRET_ACCESS_KEY');
    if (endpoint && region && accessKeyId && secretAccessKey) {
      return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    }
  }
  throw new Error(`The server stopped, and said: ${text}`);
}
