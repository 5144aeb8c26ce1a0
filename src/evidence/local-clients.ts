import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMS } from '@aws-sdk/client-kms';
import { type LocalAwsOptions, startLocalAws } from 'local-kms-cloudtrail';

/** Clients of a local AWS. They send each request once, so that a function's own retries can be counted. */
interface LocalClients {
  kms: KMS;
  cloudTrail: CloudTrailClient;
}

/** A local AWS, with clients of it. */
export interface ClientsOfLocalAws extends LocalClients {
  /** Creates more clients, which are destroyed with the others. */
  createClients(): LocalClients;
}

/**
 * Runs an action with the clients of a local AWS of its own, whatever the target of the run is: for what can't be
 * arranged in a real account. The environment stays as it is, so that the run's own calls can go on meanwhile.
 *
 * @param options as for the local AWS
 */
export async function withLocalClients<Result>(
  options: LocalAwsOptions,
  action: (clients: ClientsOfLocalAws) => Promise<Result>,
): Promise<Result> {
  const { endpoint, region, credentials, close } = await startLocalAws(options);
  const configuration = { endpoint, region, credentials, maxAttempts: 1 };
  const created: { destroy(): void }[] = [];
  const createClients = () => {
    const clients = { kms: new KMS(configuration), cloudTrail: new CloudTrailClient(configuration) };
    created.push(clients.kms, clients.cloudTrail);
    return clients;
  };
  try {
    return await action({ ...createClients(), createClients });
  } finally {
    for (const client of created) client.destroy();
    await close();
  }
}
