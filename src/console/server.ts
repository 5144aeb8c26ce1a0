import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Admission } from './guard.ts';

/** A browser opens six connections to an address at most. */
export const maxConnections = 64;

/** Number of connections that are kept open before they have shown the token. */
export const maxUnadmitted = 32;

/** Time in milliseconds in which a browser that was started has to ask. */
const onceFor = 60_000;

/** A console that answers. */
export interface Console {
  /** The address to open in a browser. Anybody who has it can read everything that the console shows. */
  address: string;
  /**
   * Returns an address that works once, within a minute: for a command that starts a browser, because other users of the
   * machine can see what a command is started with.
   */
  addressForOnce(): string;
  close(): Promise<void>;
}

/**
 * Starts the console: a local page for the learner. It listens on 127.0.0.1 alone, at a port that the system chooses, and
 * answers only to who has the address (see `guard`).
 *
 * @param loadApp loads the pages. It is called when a browser is started, or with the first request: most runs end without
 */
export async function startConsole(
  loadApp: (admission: Admission) => Promise<RequestListener>,
): Promise<Console> {
  let app: Promise<RequestListener> | undefined;
  const load = () => {
    app ??= loadApp(admission);
    return app;
  };
  const server = createServer(async (request, response) => {
    try {
      (await load())(request, response);
    } catch (error) {
      response.writeHead(500).end(`The console could not be loaded: ${(error as Error).name}\n`);
    }
  });
  // Other users of the machine can connect, too. They must neither use up the process's files nor take the learner's place:
  // if there are too many without the token, the oldest ends.
  server.maxConnections = maxConnections;
  const unadmitted = new Set<Socket>();
  server.on('connection', (socket) => {
    unadmitted.add(socket);
    socket.on('close', () => unadmitted.delete(socket));
    if (unadmitted.size > maxUnadmitted) unadmitted.values().next().value?.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const admission = { origin, token: newToken(), tokensForOnce: new Set<string>(), unadmitted };
  return {
    address: `${origin}/?token=${admission.token}`,
    addressForOnce() {
      // A browser takes about as long to start. Its request gets the error, if there is one.
      load().catch(() => {});
      const once = newToken();
      admission.tokensForOnce.add(once);
      setTimeout(() => admission.tokensForOnce.delete(once), onceFor).unref();
      return `${origin}/?token=${once}`;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Returns 128 random bits: nobody can guess them, and the address still fits into a line of 80 columns. */
function newToken(): string {
  return randomBytes(16).toString('base64url');
}
