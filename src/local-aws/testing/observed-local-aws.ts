import { startLocalAws } from '../index.ts';

/*
 * A local AWS in a process of its own, so that a crash of it is seen as one. It tells its parent where it is, and when
 * asked, what has happened in it that must not. See `startObserved`.
 */

const incidents: string[] = [];
const note = (what: string) => (error: unknown) => {
  incidents.push(`${what}: ${error instanceof Error ? error.stack : error}`);
};
process.on('uncaughtException', note('uncaught exception'));
process.on('unhandledRejection', note('unhandled rejection'));

const aws = await startLocalAws({
  onCall({ operation, defect }) {
    if (defect !== undefined) note(`defect in ${operation}`)(defect);
  },
});
process.on('message', () => process.send?.({ incidents }));
process.on('disconnect', () => process.exit());
process.send?.({ endpoint: aws.endpoint, credentials: aws.credentials });
