import type { TrailChange } from '../cloudtrail/event-store.ts';
import type { Identity } from '../identity.ts';
import type { KeyMaterial, KeyRecord } from '../kms/key.ts';
import type { KmsChange } from '../kms/state.ts';

/** Everything that a journal keeps. */
export type Change = KmsChange | TrailChange | { readonly type: 'identity-put'; readonly identity: Identity };

/** A type that is added here makes journals that an older local AWS can't read: give the format a new version. */
const types: Readonly<Record<Change['type'], true>> = {
  'alias-put': true,
  'alias-removed': true,
  'event-delivered': true,
  'grant-put': true,
  'grant-removed': true,
  'identity-put': true,
  'key-put': true,
  'key-removed': true,
  'trail-begun': true,
};

/** A change as it stands in a journal: key material in base64. */
type JsonChange = Exclude<Change, { type: 'key-put' }> | { type: 'key-put'; key: JsonKey };
type JsonKey = Omit<KeyRecord, 'materials'> & { materials: JsonMaterial[] };
type JsonMaterial = Omit<KeyMaterial, 'bytes'> & { bytes: string };

export function changesToJson(changes: readonly Change[]): string {
  return JSON.stringify(
    changes.map((change) => (change.type === 'key-put' ? { ...change, key: keyToJson(change.key) } : change)),
  );
}

/** @throws {TypeError} for a change of a type that isn't known */
export function changesFromJson(json: string): Change[] {
  return (JSON.parse(json) as JsonChange[]).map((change) => {
    if (!Object.hasOwn(types, change.type)) throw new TypeError(`'${change.type}' is no change.`);
    return change.type === 'key-put' ? { ...change, key: keyFromJson(change.key) } : change;
  });
}

const keyToJson = (key: KeyRecord): JsonKey => ({
  ...key,
  materials: key.materials.map((material) => ({ ...material, bytes: material.bytes.toString('base64') })),
});

function keyFromJson(key: JsonKey): KeyRecord {
  const materials = key.materials.map((material) => ({
    ...material,
    bytes: Buffer.from(material.bytes, 'base64'),
  }));
  return { ...key, materials: materials as [KeyMaterial, ...KeyMaterial[]] };
}
