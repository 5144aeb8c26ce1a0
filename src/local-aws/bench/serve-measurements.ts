import type { Addressee } from './signed-request.ts';

/**
 * Runs after a server has started to listen. Prints the address, as `npm run local-aws` does; or, to a parent process that measures
 * it, sends the address as a message, and its processor time on request.
 */
export function serveMeasurements(addressee: Addressee): void {
  if (!process.send) {
    const { endpoint, region, credentials } = addressee;
    console.log(`export AWS_ENDPOINT_URL=${endpoint}`);
    console.log(`export AWS_REGION=${region}`);
    console.log(`export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`);
    console.log(`export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`);
    return;
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on('disconnect', () => process.exit());
  process.send(addressee);
}
