import { AwsError } from '../api/errors.ts';
import { integer, list, oneOf, structure, text, timestamp } from '../api/members.ts';
import { trailDate } from '../api/trail-members.ts';
import { type CloudTrail, cloudTrailOperation } from './cloudtrail.ts';
import { nextToken, positionIn } from './next-token.ts';
import { lookedUpEvent } from './record.ts';
import { wholeSeconds } from './trail-event.ts';

const lookupAttribute = structure({
  AttributeKey: oneOf([
    'EventId',
    'EventName',
    'ReadOnly',
    'Username',
    'ResourceType',
    'ResourceName',
    'EventSource',
    'AccessKeyId',
  ]),
  AttributeValue: text({ min: 1, max: 2000 }),
});

/** CloudTrail's event history goes back 90 days (CloudTrail user guide). */
const historySeconds = 90 * 24 * 60 * 60;

/** The recorded calls, newest first, as far as they have been delivered. */
export const lookupEvents = cloudTrailOperation({
  name: 'LookupEvents',
  input: structure({
    LookupAttributes: list(lookupAttribute).default([]),
    StartTime: timestamp().optional(),
    EndTime: timestamp().optional(),
    EventCategory: oneOf(['insight']).optional(),
    MaxResults: integer({ min: 1, max: 50 }).default(50),
    NextToken: text().optional(),
  }),

  target: () => null,
  permissions: () => [{ action: 'cloudtrail:LookupEvents' }],

  run({ account, clock, events, lookupQuota }: CloudTrail, input) {
    if (!lookupQuota.take()) throw new AwsError('ThrottlingException', 'Rate exceeded');
    const { NextToken, ...parameters } = input;
    const [attribute, ...more] = input.LookupAttributes;
    if (more.length > 0) {
      throw new AwsError('InvalidLookupAttributesException', 'You can specify only one lookup attribute.');
    }
    const now = clock.now();
    const { StartTime, EndTime } = input;
    if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime) {
      throw new AwsError(
        'InvalidTimeRangeException',
        'The start time must be before or equal to the end time.',
      );
    }
    const before = NextToken === undefined ? undefined : positionIn(NextToken, parameters);
    // Insights events tell of unusual activity; nothing here finds any.
    if (input.EventCategory) return { Events: [] };
    const found = events.find(
      {
        attribute: attribute && { key: attribute.AttributeKey, value: attribute.AttributeValue },
        from: Math.max(wholeSeconds(StartTime ?? 0), wholeSeconds(now) - historySeconds),
        to: EndTime === undefined ? undefined : wholeSeconds(EndTime),
        before,
        limit: input.MaxResults,
      },
      now,
    );
    return {
      Events: found.events.map(({ event, eventId }) => lookedUpEvent(event, eventId, account)),
      ...(found.next === undefined ? {} : { NextToken: nextToken(found.next, parameters) }),
    };
  },

  trail: {
    readOnly: true,
    requestParameters: (input) => ({
      lookupAttributes: input.LookupAttributes.map((one) => ({
        attributeKey: one.AttributeKey,
        attributeValue: one.AttributeValue,
      })),
      startTime: input.StartTime === undefined ? undefined : trailDate(input.StartTime),
      endTime: input.EndTime === undefined ? undefined : trailDate(input.EndTime),
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    }),
  },
});
