import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
} from '@aws-crypto/client-node';
import type { KMS } from '@aws-sdk/client-kms';

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
/** Without a signature, whose key pair takes longer to make than anything else here. */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;

export type Use = 'encrypts' | 'decrypts';

/** Caching materials managers for a KMS key, each with a cache of its own. */
export class KeyInCaches {
  readonly #managers: NodeCachingMaterialsManager[];
  readonly #messages: Buffer[] = [];

  /** @param maxAges the `maxAge` of each, in milliseconds */
  constructor(kms: KMS, keyArn: string, maxAges: number[]) {
    this.#managers = maxAges.map(
      (maxAge) =>
        new NodeCachingMaterialsManager({
          backingMaterials: new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: () => kms }),
          cache: getLocalCryptographicMaterialsCache(10),
          maxAge,
        }),
    );
  }

  /** Has each cache keep a data key for encrypting and one for decrypting. */
  async fill(): Promise<void> {
    for (const [n, manager] of this.#managers.entries()) {
      this.#messages[n] = (await encrypt(manager, 'a text', { suiteId })).result;
      await decrypt(manager, this.#messages[n]);
    }
  }

  /** Returns what at least one of the managers still does. A cache that is empty asks KMS, and may be filled again. */
  async uses(): Promise<Use[]> {
    const uses = new Set<Use>();
    const note = (use: Use) => () => void uses.add(use);
    for (const [n, manager] of this.#managers.entries()) {
      await encrypt(manager, 'a text', { suiteId }).then(note('encrypts'), () => {});
      await decrypt(manager, this.#messages[n] ?? '').then(note('decrypts'), () => {});
    }
    return [...uses].sort().reverse();
  }
}
