import { z } from 'zod';

/** The schemas of which every operation's input is made: the shapes of AWS's Smithy models. */

export const text = (limits: { min?: number; max?: number; pattern?: RegExp } = {}) => {
  let schema = z.string();
  if (limits.min !== undefined) schema = schema.min(limits.min);
  if (limits.max !== undefined) schema = schema.max(limits.max);
  if (limits.pattern) schema = schema.regex(limits.pattern);
  return schema;
};

export const integer = (limits: { min: number; max: number }) => z.int().min(limits.min).max(limits.max);

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) => z.enum(values);

/** A timestamp of AWS JSON 1.1: seconds since the epoch, with a fraction. Gives milliseconds. */
export const timestamp = () => z.number().transform((seconds) => Math.round(seconds * 1000));

/**
 * Whether a text is base64, with padding. Node's decoder takes the alphabet of URLs, too, and passes over what is in neither:
 * then there are fewer bytes than there should be.
 *
 * @param bytes what the decoder makes of the text
 */
export function isBase64(encoded: string, bytes: Uint8Array): boolean {
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  return (
    bytes.length === (encoded.length / 4) * 3 - padding && !encoded.includes('-') && !encoded.includes('_')
  );
}

/** Bytes, which are base64 on the wire. AWS names the constraint that failed, but doesn't repeat the value. */
export const blob = (limits: { min: number; max: number }) =>
  z.string().transform((encoded, context) => {
    const bytes = Buffer.from(encoded, 'base64');
    const refuse = (params: object) => {
      context.issues.push({ code: 'custom', input: encoded, params });
      return z.NEVER;
    };
    if (!isBase64(encoded, bytes)) return refuse({ malformed: 'base64' });
    if (bytes.length < limits.min) return refuse({ blobMinimum: limits.min });
    if (bytes.length > limits.max) return refuse({ blobMaximum: limits.max });
    return bytes;
  });

/**
 * A map of strings, such as an encryption context. Checked in place and handed on as it came: a copy would drop a
 * member named `__proto__`, and what isn't bound to the ciphertext isn't protected.
 */
export const stringMap = () =>
  z.custom<Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((member) => typeof member === 'string'),
    { params: { malformed: 'map' } },
  );
