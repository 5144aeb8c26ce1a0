import type { Account } from '../account.ts';
import { nameOf } from '../authorization/principal.ts';
import { type TrailCaller, type TrailEvent, wholeSeconds } from './trail-event.ts';

/**
 * The record of an event: the JSON document that CloudTrail keeps and hands out (CloudTrail user guide,
 * cloudtrail-event-reference-record-contents.html). There are no TLS details, because there is no TLS.
 */
function trailRecord(event: TrailEvent, eventId: string, account: Account) {
  const { caller } = event;
  return {
    eventVersion: '1.11',
    userIdentity: caller ? userIdentity(caller) : { accountId: account.accountId, invokedBy: 'AWS Internal' },
    eventTime: isoSeconds(event.time),
    eventSource: event.source,
    eventName: event.name,
    awsRegion: account.region,
    sourceIPAddress: caller?.sourceAddress ?? 'AWS Internal',
    userAgent: caller?.userAgent ?? 'AWS Internal',
    errorCode: event.errorCode,
    errorMessage: event.errorMessage || undefined,
    requestParameters: nullIfEmpty(event.requestParameters),
    responseElements: event.responseElements,
    additionalEventData: event.additionalEventData,
    requestID: event.requestId,
    eventID: eventId,
    readOnly: event.readOnly,
    resources:
      event.resources.length === 0
        ? undefined
        : event.resources.map(({ ARN, type }) => ({ accountId: account.accountId, type, ARN })),
    eventType: caller ? 'AwsApiCall' : 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account.accountId,
    serviceEventDetails: event.serviceEventDetails,
    eventCategory: 'Management',
  };
}

/** The event as LookupEvents answers with it: a few members, and the whole record as a string of JSON. */
export function lookedUpEvent(event: TrailEvent, eventId: string, account: Account) {
  return {
    EventId: eventId,
    EventName: event.name,
    ReadOnly: String(event.readOnly),
    AccessKeyId: event.caller?.accessKeyId,
    EventTime: wholeSeconds(event.time),
    EventSource: event.source,
    Username: event.caller && nameOf(event.caller.principal),
    Resources: event.resources.map(({ ARN, type }) => ({ ResourceType: type, ResourceName: ARN })),
    CloudTrailEvent: JSON.stringify(trailRecord(event, eventId, account)),
  };
}

/** CloudTrail user guide, cloudtrail-event-reference-user-identity.html. */
function userIdentity({ principal, accessKeyId }: TrailCaller) {
  const { type, principalId, arn, accountId } = principal;
  const identity = { type, principalId, arn, accountId, accessKeyId };
  if (principal.type === 'IAMUser') return { ...identity, userName: principal.userName };
  const { role, startedAt } = principal;
  return {
    ...identity,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: role.roleId,
        arn: role.arn,
        accountId,
        userName: role.roleName,
      },
      attributes: { creationDate: isoSeconds(startedAt), mfaAuthenticated: 'false' },
    },
  };
}

const nullIfEmpty = (members: object | null) =>
  members !== null && Object.values(members).every((value) => value === undefined) ? null : members;

/** As in `2025-05-20T20:46:16Z`. */
const isoSeconds = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
