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

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes, which are base64 on the wire. AWS names the constraint that failed, but doesn't repeat the value. */
export const blob = (limits: { min: number; max: number }) =>
  z.string().transform((encoded, context) => {
    const bytes = Buffer.from(encoded, 'base64');
    const refuse = (params: object) => {
      context.issues.push({ code: 'custom', input: encoded, params });
      return z.NEVER;
    };
    if (!base64.test(encoded)) return refuse({ malformed: 'base64' });
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
