import type { Credential } from '../http/credentials.ts';
import type { AnsweredCall } from '../http/front-door.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import { currentMaterial } from '../kms/key.ts';
import type { Rotation } from '../kms/key-rotation.ts';
import type { TrailCaller, TrailEvent } from './trail-event.ts';

/** The most characters of a record's text member (CloudTrail user guide, record contents: 1 KB). */
const longestText = 1024;

/**
 * The event of a call.
 *
 * @param time when it happened, in milliseconds since the epoch
 */
export function trailEventOf(call: AnsweredCall, time: number): TrailEvent {
  const { request, credential, performed } = call;
  const { entry, error } = performed;
  // Written out, and not spread: this runs for every call.
  return {
    requestParameters: entry.requestParameters,
    responseElements: entry.responseElements,
    resources: entry.resources,
    additionalEventData: entry.additionalEventData,
    time,
    source: call.service.eventSource,
    name: call.operation.name,
    readOnly: call.operation.readOnly,
    // Records of refusals by KMS, as users of AWS publish them in issues, name it so, though the answer's name is longer.
    errorCode: error?.name === 'AccessDeniedException' ? 'AccessDenied' : error?.name,
    errorMessage: error && shortened(error.message),
    requestId: call.requestId,
    caller: callerOf(credential, request),
  };
}

/** The event of a key that is gone because its deletion date has come. Nobody called: the service did it. */
export const keyDeletedEvent = (keyArn: string, time: number): TrailEvent => ({
  time,
  source: 'kms.amazonaws.com',
  name: 'DeleteKey',
  readOnly: false,
  requestParameters: null,
  responseElements: null,
  resources: [{ ARN: keyArn, type: 'AWS::KMS::Key' }],
});

/** The event of a key that has got new material, as the KMS developer guide shows it (ct-rotatekey.html). */
export const keyRotatedEvent = ({ type, at, before, after }: Rotation): TrailEvent => ({
  time: at,
  source: 'kms.amazonaws.com',
  name: 'RotateKey',
  readOnly: false,
  requestParameters: null,
  responseElements: null,
  resources: [{ ARN: after.arn, type: 'AWS::KMS::Key' }],
  serviceEventDetails: {
    rotationType: type,
    keyOrigin: 'AWS_KMS',
    previousKeyMaterialId: currentMaterial(before).id,
    currentKeyMaterialId: currentMaterial(after).id,
    keyId: after.id,
  },
});

/** A copy, because a slice would keep the whole text in memory. */
const shortened = (text: string) =>
  text.length <= longestText ? text : Buffer.from(text.slice(0, longestText)).toString();

const mostCallers = 1000;
const callers = new WeakMap<Credential, Map<string, TrailCaller>>();

/** The same few clients call again and again: what is said of each is there once, for all their events. */
function callerOf(credential: Credential, { headers, sourceAddress }: IncomingRequest): TrailCaller {
  const { accessKeyId, principal } = credential;
  const userAgent = shortened(headers['user-agent'] ?? '');
  const ofCredential = callers.get(credential) ?? new Map<string, TrailCaller>();
  const known = ofCredential.get(userAgent);
  if (known?.sourceAddress === sourceAddress) return known;
  if (ofCredential.size >= mostCallers) ofCredential.clear();
  const caller = { accessKeyId, principal, sourceAddress, userAgent };
  callers.set(credential, ofCredential.set(userAgent, caller));
  return caller;
}
