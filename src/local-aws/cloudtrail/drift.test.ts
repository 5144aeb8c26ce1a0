import * as cloudTrailSdk from '@aws-sdk/client-cloudtrail';
import * as stsSdk from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { getCallerIdentity } from '../sts/get-caller-identity.ts';
import { ownEnums, ownInputMembers, sdkInputMembers, sdkOperationsOf } from '../testing/member-shapes.ts';
import { lookupEvents } from './lookup-events.ts';

test.each([
  [lookupEvents, cloudTrailSdk],
  [getCallerIdentity, stsSdk],
])('$name takes the members that the SDK sends, of the same kind, and requires the same', (own, sdk) => {
  expect(ownInputMembers(own.input)).toEqual(sdkInputMembers(sdkOperationsOf(sdk), own.name));
});

test('LookupEvents knows the values that the SDK knows', () => {
  const { LookupAttributeKey, EventCategory } = cloudTrailSdk;
  const enums = Object.fromEntries(ownEnums(lookupEvents.input, 'input'));
  expect(Object.keys(enums)).toEqual(['input.LookupAttributes.AttributeKey', 'input.EventCategory']);
  const [keys, categories] = Object.values(enums);
  expect(keys?.toSorted()).toEqual(Object.values(LookupAttributeKey).sort());
  expect(categories).toEqual(Object.values(EventCategory));
});
