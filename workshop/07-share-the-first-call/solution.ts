import type { NodeMaterialsManager } from '@aws-crypto/client-node';

/** Your prediction: the cache is empty, and 50 messages are encrypted at once. How many GenerateDataKey calls is that? */
export function predictGenerateDataKeyCalls(): number {
  // 1. Each of the 50 finds the cache empty: the first answer comes after the last question.
  return 50;
}

/**
 * Returns a materials manager that stands in front of a caching one. Of requests that come at once and can share a data
 * key, the first asks KMS, and the others find its data key in the cache.
 */
export function shareFirstCall(caching: NodeMaterialsManager): NodeMaterialsManager {
  const lastInLine = new Map<string, Promise<unknown>>();

  /** Stands in a line, by its name, and asks when it is its turn. Returns the answer. */
  async function inTurn<Answer>(line: string, ask: () => Promise<Answer>): Promise<Answer> {
    // 2. Ask after the request before, whether that got its materials or an error. Then be the last in the line.
    const before = lastInLine.get(line) ?? Promise.resolve();
    const turn = before.then(ask, ask);
    lastInLine.set(line, turn);

    try {
      return await turn;
    } finally {
      // 3. If no request has come since, the line is empty.
      if (lastInLine.get(line) === turn) lastInLine.delete(line);
    }
  }

  return {
    getEncryptionMaterials(request) {
      // 4. The cache has one data key for an encryption context, whatever the order of its pairs.
      const line = JSON.stringify(Object.entries(request.encryptionContext).sort());

      return inTurn(line, () => caching.getEncryptionMaterials(request));
    },

    decryptMaterials(request) {
      // 5. The cache has one plaintext data key for the encrypted data keys of a message.
      const encryptedDataKeys = request.encryptedDataKeys.map(({ encryptedDataKey }) => encryptedDataKey);
      const line = encryptedDataKeys.map((bytes) => Buffer.from(bytes).toString('base64')).join();

      return inTurn(line, () => caching.decryptMaterials(request));
    },
  };
}
