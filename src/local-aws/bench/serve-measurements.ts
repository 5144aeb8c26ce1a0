import type { Addressee } from './signed-request.ts';

/**
 * What a server does once it listens: says where it is, as `npm run local-aws` does it; or, to a parent process that measures
 * it, by a message, and tells its processor time when it is asked.
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
