import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import type { Account, ShownRun } from './account.ts';
import { callsView } from './calls/calls-view.ts';
import { guard } from './guard.ts';
import { keysView } from './keys/keys-view.ts';
import { dropPath, messagesView } from './messages/messages-view.ts';
import { notFoundPage } from './page.ts';
import type { Steps } from './steps/shown-step.ts';
import { stepsView } from './steps/steps-view.ts';

/** A console that answers. */
export interface Console {
  /** The address to open in a browser. Anybody who has it can read everything that the console shows. */
  address: string;
  /**
   * Returns an address that works once: for a command that starts a browser, because other users of the machine can see
   * what a command is started with.
   */
  addressForOnce(): string;
  close(): Promise<void>;
}

/** The page's own files, which are sent as they are. */
const assets = [
  ...['console', 'controls', 'steps', 'messages', 'keys', 'calls'].map((name) => ({
    name: `${name}.css`,
    type: 'text/css; charset=utf-8',
  })),
  { name: 'console.js', type: 'text/javascript; charset=utf-8' },
  { name: 'icon.svg', type: 'image/svg+xml' },
];

/**
 * Starts the console: a local page for the learner. It listens on 127.0.0.1 alone, at a port that the system chooses, and
 * answers only to who has the address (see `guard`).
 *
 * @param run the run whose keys are marked. The messages of all runs are shown
 * @param account whose keys are shown
 */
export async function startConsole(run: ShownRun, account: Account, steps: Steps): Promise<Console> {
  const app = new Hono();
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = newToken();
  const tokensForOnce = new Set<string>();

  app.use(guard({ origin, token, tokensForOnce }, dropPath));
  for (const { name, type } of assets) {
    const text = readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
    app.get(`/assets/${name}`, (context) => context.body(text, 200, { 'Content-Type': type }));
  }
  app.get('/', (context) => context.redirect('/steps', 303));
  app.route('/messages', messagesView(dirname(run.outputFolder)));
  app.route('/steps', stepsView(run.root, steps));
  app.route('/keys', keysView(run.name, account));
  app.route('/calls', callsView(run, account));
  // The message of an error may quote what was read.
  app.onError(({ name }, context) => context.text(`The console made a mistake: ${name}\n`, 500));
  app.notFound((context) => context.html(notFoundPage(), 404));
  return {
    address: `${origin}/?token=${token}`,
    addressForOnce() {
      const once = newToken();
      tokensForOnce.add(once);
      return `${origin}/?token=${once}`;
    },
    async close() {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}
