import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { enterChanged, enterChanging, ledgerName } from '../../state/ledger.ts';
import type { Run } from '../../state/run.ts';

/** See "HTTP" in Node's diagnostics_channel documentation. */
const SENT = 'http.client.request.start';
const ANSWERED = 'http.client.response.finish';

/**
 * Keeps the ledger's number of keys while code runs that may create some, or remove them. The keys of a local AWS are
 * gone with it: for them, no ledger is kept.
 *
 * @param by who that code is
 * @returns to be called when it has ended
 */
export function enterKeysOf(run: Run, by: string): () => void {
  if (run.target === 'local') return () => {};
  const ledger = ledgerName(run);
  enterChanging(ledger, by);
  const stopCounting = countCreatedKeys(run);
  return () => enterChanged(ledger, stopCounting());
}

/**
 * Counts, from now on, by how many the keys of a run become more: those that this process asks KMS to create, without
 * those whose deletion it schedules. A key whose creation was not answered, or with a server's error, counts: it may
 * be there.
 *
 * @returns a function that stops counting, and gives the number
 */
function countCreatedKeys(run: Run): () => number {
  let keys = 0;
  const onSent = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    if (operationAtTarget(request, run) === 'CreateKey') keys += 1;
  };
  const onAnswered = (message: unknown) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const operation = operationAtTarget(request, run);
    const { statusCode = 0 } = response;
    if (operation === 'CreateKey' && statusCode >= 400 && statusCode < 500) keys -= 1;
    if (operation === 'ScheduleKeyDeletion' && statusCode === 200) keys -= 1;
    if (operation === 'CancelKeyDeletion' && statusCode === 200) keys += 1;
  };
  subscribe(SENT, onSent);
  subscribe(ANSWERED, onAnswered);
  return () => {
    unsubscribe(SENT, onSent);
    unsubscribe(ANSWERED, onAnswered);
    return keys;
  };
}

/** The operation of KMS that is asked for; undefined when another endpoint than the run's is asked. */
function operationAtTarget(request: ClientRequest, { endpoint }: Run): string | undefined {
  const host = String(request.getHeader('host'));
  const isTarget = endpoint ? host === new URL(endpoint).host : !host.startsWith('127.0.0.1:');
  const [service, operation] = String(request.getHeader('x-amz-target')).split('.');
  return isTarget && service === 'TrentService' ? operation : undefined;
}
