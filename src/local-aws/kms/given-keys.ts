import { createHmac } from 'node:crypto';
import { aliasArn, keyArn } from '../account.ts';
import type { KeySettings } from '../options.ts';
import { type KeyMaterial, type KeyRecord, newKey } from './key.ts';
import { defaultKeyPolicy } from './key-policy.ts';
import type { Kms } from './kms.ts';

const keyIdForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** CreateAlias in the KMS API reference; the prefix `alias/aws/` is AWS's. */
const aliasNameForm = /^alias\/(?!aws\/)[a-zA-Z0-9/_-]{1,250}$/;

/**
 * Creates keys, enabled and with the default key policy. A key that the data directory already has stays as it is, with its state,
 * tags, policy and aliases.
 *
 * @throws {TypeError} if settings are invalid, name a key or an alias twice, or have other material than the key in the data
 *   directory. The message never has the material.
 */
export function putGivenKeys(kms: Kms, settings: readonly KeySettings[]): void {
  for (const [index, setting] of settings.entries()) {
    requireUsable(setting, index);
    const { keyId, material, aliasName } = setting;
    if (settings.findIndex((other) => other.keyId === keyId) < index) {
      throw new TypeError(`Two keys have the keyId '${keyId}'. Change one of them.`);
    }
    const given = material === undefined ? undefined : givenMaterial(keyId, material, kms.clock.now());
    const present = kms.state.key(keyId);
    if (present) requireMaterial(present, given);
    else makeKey(kms, keyId, given, aliasName);
  }
}

function requireUsable({ keyId, material, aliasName }: KeySettings, index: number): void {
  if (!keyIdForm.test(keyId)) {
    throw new TypeError(
      `keys[${index}].keyId is '${keyId}'; it has to be a UUID in lower case, such as 1234abcd-12ab-34cd-56ef-1234567890ab.`,
    );
  }
  // Compared with how it is written out, because Buffer skips what isn't base64.
  const bytes = Buffer.from(material ?? '', 'base64');
  if (material !== undefined && (bytes.length !== 32 || bytes.toString('base64') !== material)) {
    throw new TypeError(
      `keys[${index}].material has to be 32 bytes in base64. Make it with: openssl rand -base64 32`,
    );
  }
  if (aliasName !== undefined && !aliasNameForm.test(aliasName)) {
    throw new TypeError(
      `keys[${index}].aliasName is '${aliasName}'; it has to be alias/ and a name of letters, digits and characters of /_- that doesn't begin with aws/.`,
    );
  }
}

/**
 * The same material of the same key has the same id in every run, because a ciphertext names it. The id reveals
 * nothing about the material.
 */
function givenMaterial(keyId: string, material: string, createdAt: number): KeyMaterial {
  const bytes = Buffer.from(material, 'base64');
  return { id: createHmac('sha256', bytes).update(keyId).digest('hex'), bytes, createdAt };
}

function requireMaterial(present: KeyRecord, given: KeyMaterial | undefined): void {
  if (!given || present.materials.some(({ id }) => id === given.id)) return;
  throw new TypeError(
    `The data directory has a key '${present.id}' with other material. Give the key another keyId, omit its material, or choose another data directory.`,
  );
}

function makeKey(
  kms: Kms,
  keyId: string,
  material: KeyMaterial | undefined,
  aliasName: string | undefined,
): void {
  const now = kms.clock.now();
  const fresh = newKey(kms.account, now, {
    description: '',
    tags: [],
    policy: defaultKeyPolicy(kms.account),
  });
  const key = {
    ...fresh,
    id: keyId,
    arn: keyArn(kms.account, keyId),
    materials: material ? ([material] as const) : fresh.materials,
  };
  if (aliasName !== undefined && kms.state.alias(aliasName)) {
    throw new TypeError(
      `The alias '${aliasName}' of the key '${keyId}' names another key. Give it another aliasName.`,
    );
  }
  kms.state.putKey(key);
  if (aliasName === undefined) return;
  const arn = aliasArn(kms.account, aliasName);
  kms.state.putAlias({ name: aliasName, arn, targetKeyId: keyId, createdAt: now, updatedAt: now });
}
