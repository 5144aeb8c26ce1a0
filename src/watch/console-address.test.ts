import { Server } from 'node:net';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, expect, test, vi } from 'vitest';
import { shownChannel } from '../report/model.ts';
import { withLocalAws } from '../run/target.ts';
import { KeysUnderTest } from './testing/keys-under-test.ts';

let keys: KeysUnderTest;
beforeEach(() => {
  keys = new KeysUnderTest();
  return () => {
    vi.restoreAllMocks();
    return keys.remove();
  };
});

/** The address that works more than once. */
const printedAddress = () => keys.printed[0]?.trim().replace('Console: ', '') ?? '';

/** Reads a page of the console as a browser does. */
async function read(address: string, path: string): Promise<string> {
  const { headers } = await fetch(address, { redirect: 'manual' });
  const [cookie = ''] = headers.getSetCookie();
  return (await fetch(new URL(path, address), { headers: { cookie } })).text();
}

test('the key o starts one console, and shows the keys of the run, until Vitest ends', () =>
  withLocalAws({}, async () => {
    keys.start();
    const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand());

    const opening = await keys.openConsole();
    expect(await read(opening, '/keys')).toContain(KeyMetadata?.KeyId);
    // Other users can see the command that opens the browser.
    expect(await read(opening, '/keys')).toContain('The token is missing or wrong.');
    const address = printedAddress();
    for (const _again of [1, 2]) expect(await read(address, '/keys')).toContain(KeyMetadata?.KeyId);
    expect(new URL(await keys.openConsole()).origin).toBe(new URL(address).origin);

    expect([keys.keyboard.listenerCount('keypress'), shownChannel.hasSubscribers]).toEqual([1, true]);
    await keys.close();
    await expect(fetch(address)).rejects.toThrow();
    // Vitest may go on, with another reporter.
    expect([keys.keyboard.listenerCount('keypress'), shownChannel.hasSubscribers]).toEqual([0, false]);
  }));

test('the console shows the steps as the terminal does, but no value: it may be a plaintext', async () => {
  keys.start();
  await keys.openConsole();
  const step = {
    number: 2,
    name: '02-plant',
    title: 'Plant',
    tests: { passed: 0, total: 1 },
    state: 'wrong',
  };
  const [test, secret] = ['the tree stands', 'Dear Ada'];
  const pageAfter = (failure: object) => {
    shownChannel.publish({
      view: { steps: [{ ...step, todos: { left: 1, total: 2 }, failure }], turnedGreen: [] },
    });
    return read(printedAddress(), '/steps/02-plant');
  };

  const wrong = { kind: 'wrong', test, sentence: 'It lies.', detail: secret, difference: [secret] };
  const page = await pageAfter({ ...wrong, expected: secret, got: secret });
  for (const text of ['2. Plant', 'wrong', '1 of 2 TODOs left', '✘ the tree stands', 'It lies.'])
    expect(page).toContain(text);
  expect(page).not.toContain(secret);

  const error = await pageAfter({ kind: 'error', name: secret, message: secret, test });
  expect(error).toContain('The terminal shows its message.');
  expect(error).not.toContain(secret);
  expect(await pageAfter({ kind: 'todo', title: 'TODO 1: dig' })).toContain('Step 2, TODO 1: dig');
});

test('a watching Vitest shows the address with the line of keys, and loads the console when a browser asks for it', async () => {
  const listens = vi.spyOn(Server.prototype, 'listen');
  const reporter = keys.start();
  for (const _run of [1, 2]) {
    reporter.onTestRunStart();
    reporter.onTestRunEnd(undefined, undefined);
    await reporter.onWatcherStart();
  }

  expect(listens).toHaveBeenCalledTimes(1);
  const [line = '', again] = keys.printed;
  expect(line).toMatch(/^ Console: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{22} \(o opens it\)\n$/);
  // It fits with the longest port.
  expect(line.trimEnd().length).toBeLessThan(76);
  expect(again).toBe(line);
  const address = line.trim().split(' ')[1] ?? '';
  for (const _visit of [1, 2]) expect(await read(address, '/steps')).toContain('No steps yet');
  expect(keys.opened).toEqual([]);

  await keys.close();
  await expect(fetch(address)).rejects.toThrow();
});

test.each([
  ['when Vitest does not watch', false, true],
  ['without a keyboard', true, false],
])('no port is opened %s', async (_when, watch, isTTY) => {
  const listens = vi.spyOn(Server.prototype, 'listen');
  const run = async (watches: boolean) => {
    const reporter = keys.start(watches);
    reporter.onTestRunStart();
    reporter.onTestRunEnd(undefined, undefined);
    await reporter.onWatcherStart();
  };

  keys.keyboard.isTTY = isTTY;
  await run(watch);
  expect(listens).not.toHaveBeenCalled();
  expect(keys.printed).toEqual([]);

  keys.keyboard.isTTY = true;
  await run(true);
  expect(listens).toHaveBeenCalledTimes(1);
});

test('without a run, nothing is started', async () => {
  keys.provided = {};
  keys.start();

  expect(await keys.answerTo('o')).toBe(' ✘ There is no console, because the run could not be set up.\n');
  expect(keys.opened).toEqual([]);
});

test.each([
  ['before the first run begins', false],
  ['before it is set up', true],
])('the console that is asked for %s opens after the run', async (_, hasBegun) => {
  const { provided } = keys;
  keys.provided = {};
  const reporter = keys.startBeforeFirstRun({ watch: true });
  if (hasBegun) reporter.onTestRunStart();
  expect(await keys.answerTo('o')).toBe(' The key o waits until this run ends.');
  expect(keys.opened).toEqual([]);

  keys.provided = provided;
  reporter.onTestRunEnd([], [], 'passed');
  await reporter.onWatcherStart();
  await expect.poll(() => keys.opened).toHaveLength(1);
});

test('with --standalone, no run follows that could answer a key', async () => {
  keys.startBeforeFirstRun({ watch: true, standalone: true });

  expect(await keys.answerTo('?')).toContain('lists these keys');
});

test('a step that waits for CloudTrail says so, as in the terminal', async () => {
  keys.start();
  await keys.openConsole();
  const steps = [4, 5].map((number) => ({
    number,
    name: `0${number}-step`,
    title: 'Step',
    state: 'running',
  }));
  const status = { kind: 'waiting', step: steps[0], message: 'look 3, 1.2 s' };
  shownChannel.publish({ view: { steps, turnedGreen: [] }, status });

  expect(await read(printedAddress(), '/steps/04-step')).toContain('waits: look 3, 1.2 s');
  expect(await read(printedAddress(), '/steps/05-step')).not.toContain('waits');
});

test('a console that can not start is said to be, and the next try starts', async () => {
  keys.start();
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    queueMicrotask(() => this.emit('error', new Error('no port is left')));
    return this;
  });

  expect(await keys.answerTo('o')).toBe(" ✘ The console can't start: no port is left\n");
  expect(await read(await keys.openConsole(), '/steps')).toContain('No steps yet');
});
