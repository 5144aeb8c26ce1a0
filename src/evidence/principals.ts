import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { KMS } from '@aws-sdk/client-kms';
import { startLocalAws } from 'local-kms-cloudtrail';

interface PrincipalClients {
  kms: KMS;
  cloudTrail: CloudTrailClient;
}

/** The clients of a principal, by its name. */
export type As = (name: string) => PrincipalClients;

const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };

/**
 * Runs an action in a local AWS of its own, whose CloudTrail shows events at once.
 *
 * @param keyIds the ids of its KMS keys, whose policies leave permissions to the policies of the principals
 * @param policies a policy for each principal, by its name. The principal `owner` is added, and may do everything.
 * @throws if AWS can't read a policy
 */
export async function withPrincipals<Result>(
  keyIds: string[],
  policies: Record<string, object>,
  action: (as: As) => Promise<Result>,
): Promise<Result> {
  const { endpoint, region, credentialsOf, close } = await startLocalAws({
    keys: keyIds.map((keyId) => ({ keyId })),
    principals: Object.entries({ ...policies, owner: everything }).map(([userName, policy]) => ({
      userName,
      policies: [JSON.stringify(policy)],
    })),
    cloudTrail: { delaySeconds: 0, jitterSeconds: 0, lookupsPerSecond: Infinity },
  });
  const clients = new Map(
    [...Object.keys(policies), 'owner'].map((name) => {
      const configuration = { endpoint, region, credentials: credentialsOf(name), maxAttempts: 1 };
      return [name, { kms: new KMS(configuration), cloudTrail: new CloudTrailClient(configuration) }];
    }),
  );
  try {
    return await action((name) => clients.get(name) as PrincipalClients);
  } finally {
    for (const { kms, cloudTrail } of clients.values()) {
      kms.destroy();
      cloudTrail.destroy();
    }
    await close();
  }
}

/** Returns the number of a principal's calls that CloudTrail shows as refused for lack of a permission. */
export async function countRefusals(as: As, name: string): Promise<number> {
  const query = { LookupAttributes: [{ AttributeKey: 'Username' as const, AttributeValue: name }] };
  let refusals = 0;
  for await (const { Events = [] } of paginateLookupEvents({ client: as('owner').cloudTrail }, query)) {
    const records = Events.map(({ CloudTrailEvent = '{}' }) => JSON.parse(CloudTrailEvent));
    refusals += records.filter(({ errorCode }) => errorCode === 'AccessDenied').length;
  }
  return refusals;
}
