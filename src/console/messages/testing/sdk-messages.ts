import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  MultiKeyringNode,
  NodeAlgorithmSuite,
  NodeCachingMaterialsManager,
  type NodeMaterialsManager,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { ContentType, type MessageHeader, serializeFactory } from '@aws-crypto/serialize';
import { sampleKeyring } from '../../../evidence/samples.ts';

/** The ids of all algorithm suites. */
export const suiteIds: AlgorithmSuiteIdentifier[] = Object.values(AlgorithmSuiteIdentifier).filter(
  (id) => typeof id === 'number',
);

/** Contents of a message that a test wants. */
export interface Wanted {
  suiteId: AlgorithmSuiteIdentifier;
  /** Number of encrypted data keys: the SDK makes no message without one. */
  dataKeys: number;
  encryptionContext: Record<string, string>;
  plaintext: Uint8Array;
  frameLength: number;
}

/** Has the SDK encrypt a message. */
export async function encryptMessage(wanted: Wanted): Promise<Uint8Array> {
  const { suiteId, dataKeys, encryptionContext, plaintext, frameLength } = wanted;
  const { encrypt } = buildClient(
    isCommitting(suiteId)
      ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
      : CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT,
  );
  const [generator, ...children] = Array.from({ length: dataKeys }, (_, index) => keyring(`key ${index}`));
  const keyrings = new MultiKeyringNode({ ...(generator ? { generator } : {}), children });
  const { result } = await encrypt(keyrings, plaintext, { suiteId, encryptionContext, frameLength });
  return result;
}

/** Has the SDK encrypt a plaintext twice with one materials manager: with a cache, the messages share a data key. */
export async function encryptTwice(
  plaintext: Uint8Array | string,
  manager: NodeMaterialsManager,
): Promise<[Uint8Array, Uint8Array]> {
  const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const encryptionContext = { whatfor: 'usecase-3-cse', run: 'ada' };
  const once = () => encrypt(manager, plaintext, { encryptionContext, plaintextLength: plaintext.length });
  return [(await once()).result, (await once()).result];
}

/** A materials manager with a cache, whose keyring needs no KMS. */
export function cachingManager(): NodeMaterialsManager {
  const cache = getLocalCryptographicMaterialsCache(10);
  return new NodeCachingMaterialsManager({ backingMaterials: sampleKeyring, cache, maxAge: 60_000 });
}

/** Has the SDK write the header of a message in one piece, which it reads but never encrypts, and adds a body. */
export function unframedMessage(wanted: Wanted, framed: MessageHeader): Uint8Array {
  const { ivLength, tagLength } = new NodeAlgorithmSuite(wanted.suiteId);
  const { serializeMessageHeader } = serializeFactory((text) => new Uint8Array(Buffer.from(text)), {
    utf8Sorting: true,
  });
  const header = serializeMessageHeader({ ...framed, contentType: ContentType.NO_FRAMING, frameLength: 0 });
  const contentLength = Buffer.alloc(8);
  contentLength.writeBigUInt64BE(BigInt(wanted.plaintext.length));
  const tag = Buffer.alloc(tagLength / 8, 0xaa);
  const headerAuth = isCommitting(wanted.suiteId) ? [tag] : [Buffer.alloc(ivLength, 1), tag];
  const body = [Buffer.alloc(ivLength, 2), contentLength, wanted.plaintext, tag];
  const isSigned = new NodeAlgorithmSuite(wanted.suiteId).signatureCurve !== undefined;
  const footer = isSigned ? [Buffer.from([0, 3, 1, 2, 3])] : [];
  return Buffer.concat([header, ...headerAuth, ...body, ...footer]);
}

function isCommitting(suiteId: AlgorithmSuiteIdentifier): boolean {
  return new NodeAlgorithmSuite(suiteId).commitment !== 'NONE';
}

function keyring(keyName: string): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyName,
    keyNamespace: 'testing',
    unencryptedMasterKey: new Uint8Array(32),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
}
