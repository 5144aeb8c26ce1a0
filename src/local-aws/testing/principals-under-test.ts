import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import type { LocalAwsOptions, PolicyDocumentInput } from '../index.ts';
import { type LocalAwsUnderTest, startUnderTest } from './local-aws-under-test.ts';

/** The SDK's clients, with the credentials of one principal. */
export interface ClientsOf {
  readonly kms: KMSClient;
  readonly cloudTrail: CloudTrailClient;
  readonly sts: STSClient;
}

/** A local AWS with an administrator and further principals. */
export interface SharedLocalAws extends LocalAwsUnderTest {
  /** @param name of a user, or of a role's session */
  as(name: string): ClientsOf;
}

/**
 * For the test that is running: it stops with it.
 *
 * @param options further ones
 */
export async function startShared(
  principals: NonNullable<LocalAwsOptions['principals']>,
  options: Pick<LocalAwsOptions, 'faults'> = {},
): Promise<SharedLocalAws> {
  const local = await startUnderTest({ ...options, principals });
  onTestFinished(async () => {
    for (const client of [local.kms, local.cloudTrail, local.sts]) client.destroy();
    await local.aws.close();
  });
  return { ...local, as: (name) => clientsOf(local, name) };
}

/** Clients for the test that is running. */
export function clientsOf({ aws, clientSettings }: LocalAwsUnderTest, name: string): ClientsOf {
  const settings = { ...clientSettings, credentials: aws.credentialsOf(name) };
  const clients = {
    kms: new KMSClient(settings),
    cloudTrail: new CloudTrailClient(settings),
    sts: new STSClient(settings),
  };
  onTestFinished(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  return clients;
}

export const accountId = '111122223333';
export const rootArn = `arn:aws:iam::${accountId}:root`;
export const userArn = (name: string) => `arn:aws:iam::${accountId}:user/${name}`;

/** A policy of a user that allows actions, on all resources or some. */
export const allowing = (
  Action: string | string[],
  Resource: string | string[] = '*',
  Condition: NonNullable<Exclude<PolicyDocumentInput['Statement'], readonly unknown[]>['Condition']> = {},
): PolicyDocumentInput => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource, Condition },
});

export const denying = (Action: string | string[]): PolicyDocumentInput => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Action, Resource: '*' },
});
