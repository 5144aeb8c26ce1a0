import { AlgorithmSuiteIdentifier } from '@aws-crypto/client-node';
import { printable } from '../../text/printable.ts';
import type { Field } from './anatomy.ts';
import type { FieldName } from './field-meanings.ts';

/** Fields whose value is text, and fields whose value is a number. All others are bytes. */
const texts: FieldName[] = ['contextKey', 'contextValue', 'keyProvider', 'keyInfo'];
const numbers: FieldName[] = [
  ...(['version', 'type', 'contextLength', 'contextPairs', 'keyCount', 'contentType', 'reserved'] as const),
  ...(['ivLength', 'frameLength', 'sequenceNumber', 'contentLength'] as const),
];

/** Number of bytes of a value that are shown: all of an encrypted data key of KMS, which has 184 bytes or fewer. */
const shownBytes = 184;

/** The bytes of a field without those that hold its length. */
export function valueBytes(bytes: Uint8Array, { start, end, lengthBytes }: Field): Uint8Array {
  return bytes.subarray(start + lengthBytes, end);
}

/** Describes the value of a field, for a reader. */
export function describeValue(bytes: Uint8Array, field: Field): string {
  const value = Buffer.from(valueBytes(bytes, field));
  if (texts.includes(field.name)) return printable(value.toString('utf8'));
  if (numbers.includes(field.name)) return BigInt(`0x${value.toString('hex')}`).toLocaleString('en');
  if (field.name === 'suite') return AlgorithmSuiteIdentifier[value.readUInt16BE()] ?? hexOf(value);
  return field.name === 'unknown' ? '' : hexOf(value);
}

/** The first bytes in hex, and how many more there are. */
export function hexOf(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, shownBytes)).toString('hex').match(/../g)?.join(' ') ?? '';
  const hidden = bytes.length - shownBytes;
  return hidden > 0 ? `${shown} … ${hidden.toLocaleString('en')} more` : shown;
}
