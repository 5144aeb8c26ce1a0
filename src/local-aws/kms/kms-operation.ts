import { type OperationDefinition, operationsOf, type TrailResource } from '../api/operation.ts';
import type { Shape } from '../api/shape.ts';
import type { KeyRecord } from './key.ts';
import { withKeyAccess } from './key-access.ts';
import type { Kms } from './kms.ts';

const operation = operationsOf<Kms>();

/** Makes an operation of KMS out of its definition. What it asks for may also be allowed by grants on its keys. */
export const kmsOperation = <Input extends Shape<unknown>, Target, Output extends object>(
  definition: OperationDefinition<Kms, Input, Target, Output>,
) =>
  operation({
    ...definition,
    permissions(input, target, kms) {
      const { GrantTokens = [] } = input as { GrantTokens?: readonly string[] };
      return withKeyAccess(kms, GrantTokens, definition.permissions(input, target, kms));
    },
  });

const resourcesOfKeys = new WeakMap<KeyRecord, readonly TrailResource[]>();

/** For a call that is about one key. All its records share this, because each is kept. */
export function keyResources(key: KeyRecord): readonly TrailResource[] {
  let resources = resourcesOfKeys.get(key);
  if (!resources) {
    resources = [trailResource(key)];
    resourcesOfKeys.set(key, resources);
  }
  return resources;
}

/** Keys and aliases alike are of this type in CloudTrail's records. */
export const trailResource = (subject: { readonly arn: string }): TrailResource => ({
  ARN: subject.arn,
  type: 'AWS::KMS::Key',
});
