import { EventEmitter } from 'node:events';
import { Server } from 'node:net';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Vitest } from 'vitest/node';
import { makeFixtureWorkshop } from '../../test/learner/fixture-workshop.ts';
import { shownChannel } from '../report/model.ts';
import { withLocalAws } from '../run/target.ts';
import ConsoleKey from './console-key.ts';

let keyboard: EventEmitter & { isTTY: boolean };
let opened: string[];
let printed: string[];
let close: () => Promise<void>;
let provided: object;

/** Starts a reporter in a Vitest that watches, or doesn't. */
function startVitest(watch = true): ConsoleKey {
  const workshop = makeFixtureWorkshop();
  const closers: (() => Promise<void>)[] = [];
  const vitest = {
    config: { watch, root: workshop.root },
    logger: { log: (line: string) => printed.push(line) },
    getProvidedContext: () => provided,
    onClose: (closer: () => Promise<void>) => closers.push(closer),
  };
  close = async () => {
    for (const closer of closers) await closer();
    workshop.remove();
  };
  const reporter = new ConsoleKey(undefined, keyboard, (address) => {
    opened.push(address);
    keyboard.emit('opened');
  });
  reporter.onInit(vitest as unknown as Vitest);
  return reporter;
}

beforeEach(() => {
  keyboard = Object.assign(new EventEmitter(), { isTTY: true });
  [opened, printed] = [[], []];
  provided = {
    run: { name: 'ada', outputFolder: '/nowhere/ada', scratchFolder: '/nowhere', root: '/nowhere' },
  };
  return () => close();
});

const press = (...names: string[]) => {
  for (const name of names) keyboard.emit('keypress', name, { name });
};

async function pressAndSee(...names: string[]): Promise<string> {
  const seen = new Promise((resolve) => keyboard.once('opened', resolve));
  press(...names);
  await seen;
  return opened.at(-1) ?? '';
}

/** The address that works more than once. */
const printedAddress = () => printed[0]?.trim().replace('Console: ', '') ?? '';

/** Reads a page of the console as a browser does. */
async function read(address: string, path: string): Promise<string> {
  const { headers } = await fetch(address, { redirect: 'manual' });
  const [cookie = ''] = headers.getSetCookie();
  return (await fetch(new URL(path, address), { headers: { cookie } })).text();
}

test('the key o starts one console, and shows the keys of the run, until Vitest ends', () =>
  withLocalAws({}, async () => {
    startVitest();
    const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand());

    const opening = await pressAndSee('o');
    expect(await read(opening, '/keys')).toContain(KeyMetadata?.KeyId);
    // Other users can see the command that opens the browser.
    expect(await read(opening, '/keys')).toContain('The token is missing or wrong.');
    const address = printedAddress();
    for (const _again of [1, 2]) expect(await read(address, '/keys')).toContain(KeyMetadata?.KeyId);
    expect(new URL(await pressAndSee('o')).origin).toBe(new URL(address).origin);

    await close();
    await expect(fetch(address)).rejects.toThrow();
  }));

test('the console shows the steps as the terminal does, but no value: it may be a plaintext', async () => {
  startVitest();
  await pressAndSee('o');
  const step = {
    number: 2,
    name: '02-plant',
    title: 'Plant',
    tests: { passed: 0, total: 1 },
    state: 'wrong',
  };
  const [test, secret] = ['the tree stands', 'Dear Ada'];
  const pageAfter = (failure: object) => {
    shownChannel.publish({ view: { steps: [{ ...step, todos: { left: 1, total: 2 }, failure }] } });
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

test('without a run, nothing is started', async () => {
  provided = {};
  startVitest();

  press('o');
  expect(printed).toEqual([' There is no console, because the run could not be set up.\n']);
  expect(opened).toEqual([]);
});

test('a step that waits for CloudTrail says so, as in the terminal', async () => {
  startVitest();
  await pressAndSee('o');
  const steps = [4, 5].map((number) => ({
    number,
    name: `0${number}-step`,
    title: 'Step',
    state: 'running',
  }));
  const status = { kind: 'waiting', step: steps[0], message: 'look 3, 1.2 s' };
  shownChannel.publish({ view: { steps }, status });

  expect(await read(printedAddress(), '/steps/04-step')).toContain('waits: look 3, 1.2 s');
  expect(await read(printedAddress(), '/steps/05-step')).not.toContain('waits');
});

test('a console that can not start is said to be, and the next try starts', async () => {
  startVitest();
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
    queueMicrotask(() => this.emit('error', new Error('no port is left')));
    return this;
  });

  press('o');
  await vi.waitFor(() => expect(printed).toEqual([" The console can't start: no port is left\n"]));
  expect(await read(await pressAndSee('o'), '/steps')).toContain('No steps yet');
});

test('what is typed into a filter opens nothing', async () => {
  const reporter = startVitest();

  press('p', 'f', 'o', 'o', 'return');
  press('t', 'o', 'escape');
  const address = await pressAndSee('o');
  expect(opened).toEqual([address]);
  // While steps run, Vitest has no filters.
  reporter.onTestRunStart();
  press('p');
  await pressAndSee('o');
  expect(opened).toHaveLength(2);
});

test.each([
  ['when Vitest does not watch', false, true],
  ['without a keyboard', true, false],
])('there is no key %s', (_when, watch, isTTY) => {
  keyboard.isTTY = isTTY;
  startVitest(watch);
  expect(keyboard.listenerCount('keypress')).toBe(0);

  keyboard.isTTY = true;
  void close();
  startVitest();
  expect(keyboard.listenerCount('keypress')).toBe(1);
});
