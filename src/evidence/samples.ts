import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  buildClient,
  CommitmentPolicy,
  NodeDefaultCryptographicMaterialsManager,
  type NodeMaterialsManager,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';

const { encrypt, decrypt, decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

/** A keyring with a key of its own, which needs no KMS. */
export const sampleKeyring = new RawAesKeyringNode({
  keyName: 'a sample',
  keyNamespace: 'workshop',
  unencryptedMasterKey: Uint8Array.from(randomBytes(32)),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
});

/**
 * Returns a materials manager for that keyring, without a cache.
 *
 * @param observe is called with the length of the plaintext, before each data key is made; if it fails, there is none
 */
export function sampleManager(
  observe: (plaintextLength: number | undefined) => unknown = () => {},
): NodeMaterialsManager {
  const manager = new NodeDefaultCryptographicMaterialsManager(sampleKeyring);
  return {
    getEncryptionMaterials: async (request) => {
      await observe(request.plaintextLength);
      return manager.getEncryptionMaterials(request);
    },
    decryptMaterials: (request) => manager.decryptMaterials(request),
  };
}

/** Encrypts bytes with that keyring, in frames of the given length. */
export async function sampleMessage(bytes: Buffer, frameLength: number): Promise<Buffer> {
  return (await encrypt(sampleKeyring, bytes, { frameLength })).result;
}

/** Decrypts a message with that keyring. Returns undefined if that is not possible. */
export async function plaintextOf(message: Buffer = Buffer.alloc(0)): Promise<Buffer | undefined> {
  return decrypt(sampleKeyring, message).then(
    ({ plaintext }) => plaintext,
    () => undefined,
  );
}

/** Counts the bytes of plaintext that `decryptStream` gives out before it reports what is wrong with the message. */
export async function countReleasedBytes(message: Buffer): Promise<number> {
  let released = 0;
  const decryption = decryptStream(sampleKeyring).on('data', (piece) => {
    released += piece.length;
  });
  decryption.end(message);
  await once(decryption, 'error');
  return released;
}

/** Returns the same bytes each time. Each four of them are others than those before. */
export function sampleBytes(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let n = 0; n < words.length; n++) words[n] = n;
  return Buffer.from(words.buffer, 0, length);
}

/** Returns a signed message with another last byte, which is one of the signature's. */
export function withBrokenSignature(message: Buffer): Buffer {
  return withChangedByte(message, message.length - 1);
}

/** Returns versions of a signed message that are broken, by what is wrong with them. */
export function brokenMessages(message: Buffer): Record<string, Buffer> {
  const middle = Math.floor(message.length / 2);
  return {
    'whose signature is broken': withBrokenSignature(message),
    'in which a byte was changed': withChangedByte(message, middle),
    'that was cut off': message.subarray(0, middle),
    'that goes on after its end': Buffer.concat([message, Buffer.from('more')]),
  };
}

function withChangedByte(message: Buffer, place: number): Buffer {
  const changed = Buffer.from(message);
  changed.writeUInt8(changed.readUInt8(place) ^ 0xff, place);
  return changed;
}
