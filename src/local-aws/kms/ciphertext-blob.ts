import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../api/errors.ts';
import { currentMaterial, type KeyMaterial, type KeyRecord } from './key.ts';

/** Names and values that have to be the same to decrypt as they were to encrypt. Not secret, and not in the blob. */
export type EncryptionContext = Readonly<Record<string, string>>;

/*
 * The layout of a blob. KMS's own is not public; like it, ours names the key, so that Decrypt needs none.
 *
 *   header   version 1 | key id 16 | key material id 32 | checksum of the above 4
 *   body     initialization vector 12 | ciphertext | AES-GCM tag 16
 *
 * The checksum protects nothing (the tag does): it tells a damaged header from a key that is gone.
 */
const version = 1;
const checksumAt = 49;
const headerLength = 53;
const ivLength = 12;
const tagLength = 16;

/** AWS's answer to a damaged blob and to the wrong encryption context: the name, and no message (recorded answers). */
const invalidCiphertext = () => new AwsError('InvalidCiphertextException', '');

/** The header of a blob: which key, and which of its materials, sealed it. */
export interface CiphertextOrigin {
  readonly keyId: string;
  readonly materialId: string;
}

/** Seals a plaintext under the current material of a key with AES-256-GCM. */
export function seal(key: KeyRecord, plaintext: Uint8Array, context: EncryptionContext = {}): Buffer {
  const material = currentMaterial(key);
  const { header, bound } = frameOf(key, material);
  const iv = initializationVectors.next();
  const cipher = createCipheriv('aes-256-gcm', material.bytes, iv);
  cipher.setAAD(authenticatedData(bound, context));
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([header, iv, ciphertext, cipher.getAuthTag()]);
}

/** Parsed headers, by header. A few keys seal most blobs, so each header is read many times. */
const origins = new Map<string, CiphertextOrigin>();
const mostOrigins = 1000;

/**
 * Reads which key sealed a blob. The answer isn't to be trusted before `open` has succeeded.
 *
 * @throws {AwsError} `InvalidCiphertextException` for anything that isn't a whole header of ours
 */
export function originOf(blob: Buffer): CiphertextOrigin {
  if (blob.length < headerLength + ivLength + tagLength) throw invalidCiphertext();
  const header = blob.toString('latin1', 0, headerLength);
  let origin = origins.get(header);
  if (!origin) {
    origin = readHeader(blob);
    if (origins.size >= mostOrigins) origins.clear();
    origins.set(header, origin);
  }
  return origin;
}

function readHeader(blob: Buffer): CiphertextOrigin {
  const isIntact = crc32(blob.subarray(0, checksumAt)) === blob.readUInt32BE(checksumAt);
  if (blob[0] !== version || !isIntact) throw invalidCiphertext();
  const hex = blob.toString('hex', 1, 17);
  const keyId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { keyId, materialId: blob.toString('hex', 17, checksumAt) };
}

/**
 * Opens what `seal` made.
 *
 * @param origin what `originOf` gives for the blob
 * @throws {AwsError} `InvalidCiphertextException` if a byte of the blob or of the encryption context differs
 */
export function open(
  key: KeyRecord,
  blob: Buffer,
  context: EncryptionContext = {},
  origin: CiphertextOrigin = originOf(blob),
): Buffer {
  const material = key.materials.find((one) => one.id === origin.materialId);
  if (!material || origin.keyId !== key.id) throw invalidCiphertext();
  const iv = blob.subarray(headerLength, headerLength + ivLength);
  const decipher = createDecipheriv('aes-256-gcm', material.bytes, iv, { authTagLength: tagLength });
  decipher.setAAD(authenticatedData(frameOf(key, material).bound, context));
  decipher.setAuthTag(blob.subarray(-tagLength));
  const plaintext = decipher.update(blob.subarray(headerLength + ivLength, -tagLength));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw invalidCiphertext();
  }
  return plaintext;
}

/** The part that all blobs of one key material share. */
interface Frame {
  readonly header: Buffer;
  /** The header and the key's ARN, as the tag covers them. */
  readonly bound: Buffer;
}

/** A material belongs to one key. */
const frames = new WeakMap<KeyMaterial, Frame>();

function frameOf(key: KeyRecord, material: KeyMaterial): Frame {
  const known = frames.get(material);
  if (known) return known;
  const header = Buffer.alloc(headerLength);
  header[0] = version;
  header.write(key.id.replaceAll('-', ''), 1, 'hex');
  header.write(material.id, 17, 'hex');
  header.writeUInt32BE(crc32(header.subarray(0, checksumAt)), checksumAt);
  const frame = { header, bound: Buffer.concat([header, Buffer.from(lengthPrefixed(key.arn), 'utf16le')]) };
  frames.set(material, frame);
  return frame;
}

/**
 * Additional authenticated data: header, key ARN, and the encryption context as sorted pairs, each part
 * with its length before it. Without lengths, `{a: 'bc'}` and `{ab: 'c'}` would be the same bytes. UTF-16, because
 * UTF-8 would make all lone surrogates the same.
 */
function authenticatedData(bound: Buffer, context: EncryptionContext): Buffer {
  let text = '';
  for (const name of Object.keys(context).sort()) {
    text += lengthPrefixed(name) + lengthPrefixed(context[name] ?? '');
  }
  const data = Buffer.allocUnsafe(bound.length + 2 * text.length);
  data.set(bound);
  data.write(text, bound.length, 'utf16le');
  return data;
}

const lengthPrefixed = (part: string) => `${part.length}:${part}`;

/**
 * Initialization vectors, cut from a larger piece of randomness, because each piece costs a system call. None is used
 * twice, and none is a secret.
 */
class InitializationVectors {
  #random = Buffer.alloc(0);

  next(): Buffer {
    if (this.#random.length === 0) this.#random = randomBytes(ivLength * 256);
    const iv = this.#random.subarray(0, ivLength);
    this.#random = this.#random.subarray(ivLength);
    return iv;
  }
}

const initializationVectors = new InitializationVectors();
