import { startLocalAws } from '../../index.ts';
import { victimOptions } from './victim-options.ts';

/** A local AWS that is there to be killed. Its argument is the data directory; it prints its endpoint. */
const [, , dataDirectory = ''] = process.argv;
const { endpoint } = await startLocalAws({ dataDirectory, ...victimOptions });
process.stdout.write(`${endpoint}\n`);
