import { LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { expect } from 'vitest';
import { errorOf, test } from '../testing/local-aws-under-test.ts';

/*
 * Golden answers of LookupEvents. The constraints are in AWS's Smithy model (aws/api-models-aws, cloudtrail); the names
 * are those that the API reference declares for the operation. AWS's sentences, where they aren't a constraint's, aren't
 * public: they are ours.
 */

const constraint = (at: string, text: string) =>
  `ValidationException: 1 validation error detected: Value ${at} failed to satisfy constraint: Member must ${text}`;
const event = (AttributeKey: string, AttributeValue?: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});
const valueAt = "at 'lookupAttributes.1.member.attributeValue'";
const foreignToken =
  'InvalidNextTokenException: Invalid token or token that was previously used in a request with different parameters.';

test.for<[string, object, string]>([
  [
    'no results',
    { MaxResults: 0 },
    constraint("'0' at 'maxResults'", 'have value greater than or equal to 1'),
  ],
  [
    '51 results',
    { MaxResults: 51 },
    constraint("'51' at 'maxResults'", 'have value less than or equal to 50'),
  ],
  [
    'an unknown attribute',
    event('Colour', 'red'),
    constraint(
      "'Colour' at 'lookupAttributes.1.member.attributeKey'",
      'satisfy enum value set: [EventId, EventName, ReadOnly, Username, ResourceType, ResourceName, EventSource, AccessKeyId]',
    ),
  ],
  ['an attribute without a value', event('EventName'), constraint(`null ${valueAt}`, 'not be null')],
  [
    'an empty value',
    event('EventName', ''),
    constraint(`'' ${valueAt}`, 'have length greater than or equal to 1'),
  ],
  [
    'a value of 2001 characters',
    event('EventName', 'n'.repeat(2001)),
    constraint(`'${'n'.repeat(2001)}' ${valueAt}`, 'have length less than or equal to 2000'),
  ],
  [
    'two attributes',
    {
      LookupAttributes: [
        ...event('EventName', 'Encrypt').LookupAttributes,
        ...event('ReadOnly', 'true').LookupAttributes,
      ],
    },
    'InvalidLookupAttributesException: You can specify only one lookup attribute.',
  ],
  [
    'an unknown category',
    { EventCategory: 'data' },
    constraint("'data' at 'eventCategory'", 'satisfy enum value set: [insight]'),
  ],
  [
    'an end before the start',
    { StartTime: new Date(2000), EndTime: new Date(1000) },
    'InvalidTimeRangeException: The start time must be before or equal to the end time.',
  ],
  ['a token of nobody', { NextToken: 'abc' }, foreignToken],
  ['an empty token', { NextToken: '' }, foreignToken],
])('LookupEvents refuses %s', async ([, input, answer], { local }) => {
  const call = local.cloudTrail.send(new LookupEventsCommand(input as LookupEventsCommandInput));
  const { name, message, status } = await errorOf(call);
  expect(`${name}: ${message}`).toBe(answer);
  expect(status).toBe(400);
});
