import { z } from 'zod';
import { mistakeInOperation, serviceNames } from './operation-names.ts';
import type { FaultRule } from './rules.ts';

/** A delay of more than a day is a mistake in the unit. */
const longestSeconds = 24 * 60 * 60;

/** A number or a range. The error, like every one in this file, continues a sentence after "it". */
function amount(most: number) {
  const error = `must be a number from 0 to ${most}, or a range of two, [from, to]`;
  const number = z.number().min(0).max(most);
  const range = z.tuple([number, number]).refine(([from, to]) => from <= to, { error });
  return z.union([number, range], { error });
}

const seconds = amount(longestSeconds);

const share = { error: 'must be a number from 0 to 1' };

const whichCalls = {
  service: z.enum(serviceNames, { error: `must be one of ${serviceNames.join(', ')}` }).optional(),
  operation: z.string({ error: 'must be the name of an operation, such as GenerateDataKey' }).optional(),
  rate: z.number(share).min(0, share).max(1, share).optional(),
  sequence: z
    .array(z.boolean({ error: 'must be true or false' }), { error: 'must be a list of true and false' })
    .min(1, { error: 'must have at least one entry' })
    .optional(),
};

const ruleShapes = [
  z.strictObject({ fault: z.literal('throttle'), ...whichCalls }),
  z.strictObject({ fault: z.literal('server-error'), ...whichCalls }),
  z.strictObject({
    fault: z.literal('reset'),
    ...whichCalls,
    carriedOut: z.boolean({ error: 'must be true or false' }).optional(),
  }),
  z.strictObject({
    fault: z.literal('latency'),
    ...whichCalls,
    milliseconds: amount(1000 * longestSeconds),
  }),
  z.strictObject({
    fault: z.literal('late-change'),
    ...whichCalls,
    service: z.literal('kms', { error: 'must be kms, which has the keys and aliases' }).optional(),
    seconds,
  }),
  z.strictObject({ fault: z.literal('late-event'), ...whichCalls, seconds }),
  z.strictObject({ fault: z.literal('doubled-event'), ...whichCalls, secondsApart: seconds.optional() }),
] as const;

const faultNames = ruleShapes.map(({ shape }) => shape.fault.value);

/** One rule, with the members that its fault takes. */
const rule = z
  .discriminatedUnion('fault', ruleShapes, {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? `must be one of ${faultNames.join(', ')}`
        : 'must be a rule, such as { "fault": "throttle", "rate": 0.1 }',
  })
  .superRefine((given, context) => {
    if (given.rate !== undefined && given.sequence !== undefined) {
      context.addIssue({ code: 'custom', path: ['sequence'], message: 'must not be combined with a rate' });
    }
    const mistake = mistakeInOperation(given);
    if (mistake) context.addIssue({ code: 'custom', path: ['operation'], message: mistake });
  })
  .transform((given) => given as FaultRule);

/** The members that a rule of a fault may have. */
export const membersOf = (fault: unknown): string[] =>
  Object.keys(ruleShapes.find(({ shape }) => shape.fault.value === fault)?.shape ?? {});

/** The list of fault rules, in JSON or in the options. */
export const faultsSchema = z.array(rule, { error: 'must be a list of rules' });
