import { oneOf, structure } from '../../api/members.ts';
import { trailMembers } from '../../api/trail-members.ts';
import { currentMaterial } from '../key.ts';
import { keyByIdOrArn } from '../key-identifier.ts';
import { keyResources, kmsOperation } from '../kms-operation.ts';
import { page } from '../pagination.ts';
import { keyId, limit, marker } from '../shapes.ts';

/** The completed rotations of a key, oldest first; if asked for, with the material that the key started with. */
export const listKeyRotations = kmsOperation({
  name: 'ListKeyRotations',
  input: structure({
    KeyId: keyId,
    IncludeKeyMaterial: oneOf(['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY']).default('ROTATIONS_ONLY'),
    Limit: limit(1000).optional(),
    Marker: marker.optional(),
  }),
  target: (kms, input) => ({ key: keyByIdOrArn(kms, input.KeyId) }),
  permissions: (_input, { key }) => [{ action: 'kms:ListKeyRotations', resource: key }],

  run(_kms, input, { key }) {
    const materials = key.materials.map((material, index) => ({ material, index }));
    const listed = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL' ? materials : materials.slice(1);
    const { items, truncation } = page(listed, ({ index }) => String(index).padStart(10, '0'), {
      limit: input.Limit ?? 100,
      marker: input.Marker,
    });
    const Rotations = items.map(({ material }) => ({
      KeyId: key.id,
      KeyMaterialId: material.id,
      KeyMaterialState: material === currentMaterial(key) ? 'CURRENT' : 'NON_CURRENT',
      ...(material.rotationType && {
        RotationDate: material.createdAt / 1000,
        RotationType: material.rotationType,
      }),
    }));
    return { Rotations, ...truncation };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => trailMembers(input),
    resources: ({ key }) => keyResources(key),
  },
});
