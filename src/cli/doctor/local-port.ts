import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Finding, ok, wrong } from './finding.ts';

const subject = 'Local port';

/**
 * Tries whether the local AWS could listen on a port of this machine.
 *
 * @param port 0 for one that the system chooses
 */
export async function checkLocalPort(port: number): Promise<Finding> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port: bound } = server.address() as AddressInfo;
    return ok(
      subject,
      port === 0 ? `the system chose ${bound} on 127.0.0.1` : `${bound} on 127.0.0.1 is free`,
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      return wrong(
        subject,
        `WORKSHOP_LOCAL_PORT is ${port}, but another program uses that port of 127.0.0.1.`,
        'End that program, or set WORKSHOP_LOCAL_PORT=0 in .env: the system then chooses a port.',
      );
    }
    const fix = 'Set WORKSHOP_LOCAL_PORT=0 in .env: the system then chooses a port.';
    return wrong(subject, `WORKSHOP_LOCAL_PORT is ${port}: ${message}.`, fix);
  } finally {
    server.close();
  }
}
