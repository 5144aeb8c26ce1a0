import type { NodeMaterialsManager } from '@aws-crypto/client-node';
import { todo } from '#todo';

/** Your prediction: the cache is empty, and 50 messages are encrypted at once. How many GenerateDataKey calls is that? */
export function predictGenerateDataKeyCalls(): number {
  // TODO 1: predict, before you go on. A number.
  return todo('TODO 1: predict the number of GenerateDataKey calls');
}

/**
 * Returns a materials manager that stands in front of a caching one. Of requests that come at once and can share a data
 * key, the first asks KMS, and the others find its data key in the cache.
 */
export function shareFirstCall(caching: NodeMaterialsManager): NodeMaterialsManager {
  const lastInLine = new Map<string, Promise<unknown>>();

  /** Stands in a line, by its name, and asks when it is its turn. Returns the answer. */
  async function inTurn<Answer>(line: string, ask: () => Promise<Answer>): Promise<Answer> {
    // TODO 2: ask when the last request in the line has its answer. If that was an error, ask all the same.
    // Make this request the last in the line.
    const turn = todo('TODO 2: wait, and ask');

    try {
      return await turn;
    } finally {
      // TODO 3: delete the line if this request is still the last in it.
      todo('TODO 3: delete the line');
    }
  }

  return {
    getEncryptionMaterials(request) {
      // TODO 4: name the line by the encryption context: the same name for the same pairs in any order.
      const line = todo('TODO 4: name the line for encrypting');

      return inTurn(line, () => caching.getEncryptionMaterials(request));
    },

    decryptMaterials(request) {
      // TODO 5: name the line by the encrypted data keys of the message: their bytes.
      const line = todo('TODO 5: name the line for decrypting');

      return inTurn(line, () => caching.decryptMaterials(request));
    },
  };
}
