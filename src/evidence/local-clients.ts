import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { type LocalAwsOptions, startLocalAws } from '../local-aws/index.ts';

/** Clients of a local AWS. An attempt is all that they make: who looks again is to be seen. */
export interface LocalClients {
  kms: KMSClient;
  cloudTrail: CloudTrailClient;
}

/**
 * Runs an action with the clients of a local AWS of its own, whatever the target of the run is: for what can't be
 * arranged in a real account. The environment stays as it is, so that the run's own calls can go on meanwhile.
 *
 * @param options as for the local AWS
 */
export async function withLocalClients<Result>(
  options: LocalAwsOptions,
  action: (clients: LocalClients) => Promise<Result>,
): Promise<Result> {
  const { endpoint, region, credentials, close } = await startLocalAws(options);
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  const kms = new KMSClient(configuration);
  const cloudTrail = new CloudTrailClient(configuration);
  try {
    return await action({ kms, cloudTrail });
  } finally {
    kms.destroy();
    cloudTrail.destroy();
    await close();
  }
}
