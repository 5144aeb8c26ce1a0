import { KeepAliveConnection } from './keep-alive-connection.ts';
import { median } from './quantiles.ts';
import { type MeasuredServer, startServer } from './server-process.ts';
import { signedRequest } from './signed-request.ts';
import { table } from './table.ts';

const rounds = 15;
const requestsPerRound = 1500;
const goal = 0.9;

const operations = ['GenerateDataKey', 'Decrypt'] as const;
type OperationName = (typeof operations)[number];

const encryptionContext = { whatfor: 'benchmark', tenant: '4f0c2a', stage: 'production' };

interface Measurement {
  readonly requestsPerSecond: number;
  readonly microsecondsPerRequest: number;
}

/**
 * GenerateDataKey and Decrypt a second, against the bare server. Rounds alternate between the two, so that whatever else the
 * machine does hits both; a ratio is the median of the ratios of neighbouring rounds. Processor time is the server's alone;
 * requests a second depend on how the two cores are shared with the load, too.
 */
export async function benchmarkThroughput(): Promise<void> {
  const servers = [await startServer('local-aws-server.ts'), await startServer('bare-server.ts')] as const;
  try {
    const rows: string[][] = [];
    for (const operation of operations) {
      for (const connections of [1, 16]) rows.push(await row(servers, operation, connections));
    }
    console.log(`Throughput: the local AWS and a bare node:http server. Goal: at least ${goal}.\n`);
    const header = ['', 'requests/s', 'bare', 'ratio', 'CPU µs/request', 'bare', 'ratio'];
    console.log(table(header, rows));
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function row(
  servers: readonly [MeasuredServer, MeasuredServer],
  operation: OperationName,
  connections: number,
): Promise<string[]> {
  const pairs: [Measurement, Measurement][] = [];
  // The first rounds are for the compiler.
  for (let round = -3; round < rounds; round++) {
    const local = await measure(servers[0], operation, connections);
    const bare = await measure(servers[1], operation, connections);
    if (round >= 0) pairs.push([local, bare]);
  }
  const medianOf = (pick: (pair: [Measurement, Measurement]) => number) => median(pairs.map(pick));
  return [
    `${operation}, ${connections === 1 ? '1 connection' : `${connections} connections`}`,
    medianOf(([local]) => local.requestsPerSecond).toFixed(0),
    medianOf(([, bare]) => bare.requestsPerSecond).toFixed(0),
    medianOf(([local, bare]) => local.requestsPerSecond / bare.requestsPerSecond).toFixed(2),
    medianOf(([local]) => local.microsecondsPerRequest).toFixed(1),
    medianOf(([, bare]) => bare.microsecondsPerRequest).toFixed(1),
    medianOf(([local, bare]) => bare.microsecondsPerRequest / local.microsecondsPerRequest).toFixed(2),
  ];
}

async function measure(
  server: MeasuredServer,
  operation: OperationName,
  connectionCount: number,
): Promise<Measurement> {
  const request = await requestFor(server, operation);
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, () => KeepAliveConnection.open(server.endpoint)),
  );
  let remaining = requestsPerRound;
  const processorTime = await server.processorTime();
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (remaining-- > 0) await connection.send(request);
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const used = (await server.processorTime()) - processorTime;
  for (const connection of connections) connection.close();
  return {
    requestsPerSecond: requestsPerRound / seconds,
    microsecondsPerRequest: used / requestsPerRound,
  };
}

const keyArns = new WeakMap<MeasuredServer, string>();

async function requestFor(server: MeasuredServer, operation: OperationName): Promise<Buffer> {
  const connection = await KeepAliveConnection.open(server.endpoint);
  const call = async (name: string, members: object) =>
    JSON.parse(await connection.send(signedRequest(server, 'kms', `TrentService.${name}`, members)));
  let keyArn = keyArns.get(server);
  if (!keyArn) {
    keyArn = String((await call('CreateKey', {})).KeyMetadata.Arn);
    keyArns.set(server, keyArn);
  }
  const dataKeyRequest = { KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: encryptionContext };
  if (operation === 'GenerateDataKey') {
    connection.close();
    return signedRequest(server, 'kms', 'TrentService.GenerateDataKey', dataKeyRequest);
  }
  const { CiphertextBlob } = await call('GenerateDataKey', dataKeyRequest);
  connection.close();
  return signedRequest(server, 'kms', 'TrentService.Decrypt', {
    CiphertextBlob,
    EncryptionContext: encryptionContext,
  });
}
