import { type Account, aliasArn } from '../account.ts';
import { type KeyRecord, newKey } from './key.ts';
import { newSchedule } from './key-rotation.ts';
import type { Kms } from './kms.ts';

/** An alias of AWS's that has no key yet. */
export interface PredefinedAlias {
  readonly name: string;
  readonly arn: string;
}

interface ManagedService {
  /** The resources that the key protects, as in its description. */
  readonly protects: string;
  /** First part of the service's name in `kms:ViaService`, where it isn't that of the alias. */
  readonly endpoint?: string;
}

const aliasPrefix = 'alias/aws/';

/**
 * The predefined aliases, by what follows `alias/aws/`: those of AWS's services whose keys' descriptions are public, in
 * answers of DescribeKey that people quote. What AWS has depends on the Region, and grows.
 */
const managedServices: ReadonlyMap<string, ManagedService> = new Map([
  ['acm', { protects: 'ACM private keys' }],
  ['dynamodb', { protects: 'DynamoDB data' }],
  ['ebs', { protects: 'EBS volumes', endpoint: 'ec2' }],
  ['elasticfilesystem', { protects: 'EFS filesystems' }],
  ['glue', { protects: 'Glue data' }],
  ['kinesisvideo', { protects: 'kinesis video data' }],
  ['lambda', { protects: 'Lambda functions' }],
  ['rds', { protects: 'RDS database volumes' }],
  ['s3', { protects: 'S3 objects' }],
  ['secretsmanager', { protects: 'Secrets Manager data' }],
  ['sns', { protects: 'SNS data' }],
  ['sqs', { protects: 'SQS messages' }],
  ['ssm', { protects: 'SSM parameters' }],
]);

const serviceOf = (aliasName: string): ManagedService | undefined =>
  aliasName.startsWith(aliasPrefix) ? managedServices.get(aliasName.slice(aliasPrefix.length)) : undefined;

/**
 * Returns the aliases that AWS has predefined, but that have no key yet. ListAliases lists them without a key and without
 * dates (the KMS developer guide of 2021, programming-aliases.html, and answers that people quote).
 */
export const predefinedAliases = (kms: Kms): PredefinedAlias[] =>
  Array.from(managedServices.keys(), (service) => aliasPrefix + service)
    .filter((name) => !kms.state.alias(name))
    .map((name) => ({ name, arn: aliasArn(kms.account, name) }));

/**
 * Gives the AWS managed key of a predefined alias. It is made when the alias is used for the first time (KeyId of DescribeKey
 * in the KMS API reference; hashicorp/terraform-provider-aws#2009).
 *
 * @returns undefined if there is no such predefined alias
 */
export function managedKey(kms: Kms, aliasName: string): KeyRecord | undefined {
  const service = serviceOf(aliasName);
  if (!service) return undefined;
  // Also where `state` lags behind: a second call must not make a second key.
  const state = kms.newestState;
  const alias = state.alias(aliasName);
  if (alias) return state.key(alias.targetKeyId);

  const now = kms.clock.now();
  const key: KeyRecord = {
    ...newKey(kms.account, now, {
      description: `Default key that protects my ${service.protects} when no other key is defined`,
      tags: [],
      policy: managedKeyPolicy(kms.account, service.endpoint ?? aliasName.slice(aliasPrefix.length)),
    }),
    manager: 'AWS',
    // Every year, and always (GetKeyRotationStatus in the KMS API reference).
    rotationSchedule: newSchedule(365, now),
  };
  const arn = aliasArn(kms.account, aliasName);
  state.putKey(key);
  state.putAlias({ name: aliasName, arn, targetKeyId: key.id, createdAt: now, updatedAt: now });
  return key;
}

/**
 * The policy of a managed key: the account may look at the key, and only the service may use it, on somebody's behalf. Nobody
 * may change it, not even an administrator. It is that of `alias/aws/s3` (FogSecurity/aws-managed-kms-keys has the policies
 * of a real account, which differ in details).
 */
const managedKeyPolicy = ({ accountId, region }: Account, endpoint: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: `auto-${endpoint}`,
    Statement: [
      {
        Sid: 'Allow access through the service for all principals in the account that are authorized to use it',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:CallerAccount': accountId,
            'kms:ViaService': `${endpoint}.${region}.amazonaws.com`,
          },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*'],
        Resource: '*',
      },
    ],
  });
