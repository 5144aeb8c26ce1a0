import {
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  type NodeMaterialsManager,
} from '@aws-crypto/client-node';
import type { KMS } from '@aws-sdk/client-kms';

/** A tenant and its encrypted documents, by their ids. The key is the tenant's own. Other processes use them, too. */
export interface Tenant {
  keyArn: string;
  messages: Map<string, Uint8Array>;
}

export type Reason = 'not found' | 'broken' | 'another tenant' | 'locked';

export class DocumentError extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(`The document can't be used: ${reason}.`);
    this.reason = reason;
  }
}

/** Fails with the reason 'locked' if KMS refuses the tenant's key. Throws any other error of KMS as it is. */
export interface DocumentStore {
  /** Encrypts a document with the pair `tenant` in the encryption context. */
  put(tenant: string, id: string, document: Uint8Array): Promise<void>;
  /** Returns the document. Throws a DocumentError if it is not found, broken, or the document of another tenant. */
  get(tenant: string, id: string): Promise<Uint8Array>;
  /** Disables the tenant's key. Returns the last moment at which any cache may have a data key of the tenant. */
  revoke(tenant: string): Promise<Date>;
  /** Encrypts all documents under a new key, the tenant's from then on. If that fails, all is as it was. */
  move(tenant: string, newKeyArn: string): Promise<void>;
}

export interface StoreOptions {
  kms: KMS;
  tenants: Map<string, Tenant>;
  /** The limits of each data key, and how many of them a process may have in memory, for all tenants together. */
  policy: { maxAgeMilliseconds: number; maxMessages: number; maxBytes: number; maxDataKeys: number };
}

/** Returns a store that makes as few calls as the policy allows, also for requests that come at once. */
export function createDocumentStore({ kms, tenants, policy }: StoreOptions): DocumentStore {
  // 1. One cache, lines in front of it, and reasons for the errors of KMS.
  const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const cache = getLocalCryptographicMaterialsCache(policy.maxDataKeys);
  const lastInLine = new Map<string, Promise<unknown>>();
  const fail = (reason: Reason): never => {
    throw new DocumentError(reason);
  };
  const explain = (error: Error): never => {
    if (/^(Disabled|KMSInvalidState|AccessDenied)Exception$/.test(error.name)) return fail('locked');
    throw error.name === 'InvalidCiphertextException' ? new DocumentError('broken') : error;
  };
  const inTurn = <Answer>(line: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const turn = (lastInLine.get(line) ?? Promise.resolve()).then(ask, ask);
    lastInLine.set(line, turn);
    return turn.catch(explain).finally(() => lastInLine.get(line) === turn && lastInLine.delete(line));
  };
  const managerFor = (keyArn: string): NodeMaterialsManager => {
    const caching = new NodeCachingMaterialsManager({
      backingMaterials: new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: () => kms }),
      cache,
      partition: keyArn,
      maxAge: policy.maxAgeMilliseconds,
      maxMessagesEncrypted: policy.maxMessages,
      maxBytesEncrypted: policy.maxBytes,
    });
    return {
      getEncryptionMaterials: (request) => inTurn(keyArn, () => caching.getEncryptionMaterials(request)),
      decryptMaterials: async (request) => {
        const dataKey = request.encryptedDataKeys.find(({ providerInfo }) => providerInfo === keyArn);
        if (!dataKey) return fail('another tenant');
        const { encryptedDataKey: CiphertextBlob } = dataKey;
        const input = { KeyId: keyArn, CiphertextBlob, EncryptionContext: request.encryptionContext };
        // The library hides the error of KMS in a text, so KMS is asked for it again.
        const askKms = (error: Error) => kms.decrypt(input).then(() => Promise.reject(error));
        return inTurn(`${CiphertextBlob}`, () => caching.decryptMaterials(request).catch(askKms));
      },
    };
  };
  const find = (name: string) => tenants.get(name) ?? fail('not found');
  const seal = async (name: string, document: Uint8Array, keyArn = find(name).keyArn) =>
    (await encrypt(managerFor(keyArn), document, { encryptionContext: { tenant: name } })).result;
  const open = async (name: string, message: Uint8Array, keyArn = find(name).keyArn) => {
    const { plaintext, messageHeader } = await decrypt(managerFor(keyArn), message).catch((error) => {
      const isOfKms = '$metadata' in error || error.message.startsWith('Unable to decrypt data key');
      throw error instanceof DocumentError || isOfKms ? error : new DocumentError('broken');
    });
    return messageHeader.encryptionContext.tenant === name ? plaintext : fail('another tenant');
  };
  return {
    put: async (name, id, document) => void find(name).messages.set(id, await seal(name, document)),
    get: async (name, id) => open(name, find(name).messages.get(id) ?? fail('not found')),
    revoke: async (name) => {
      await kms.disableKey({ KeyId: find(name).keyArn });
      return new Date(Date.now() + policy.maxAgeMilliseconds);
    },
    move: async (name, newKeyArn) => {
      const { messages } = find(name);
      const moved = new Map<string, Uint8Array>();
      for (const [id, message] of messages) {
        moved.set(id, await seal(name, await open(name, message), newKeyArn));
        await open(name, moved.get(id) as Uint8Array, newKeyArn);
      }
      for (const [id, message] of moved) messages.set(id, message);
      find(name).keyArn = newKeyArn;
    },
  };
}
