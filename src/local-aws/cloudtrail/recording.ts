import type { AnsweredCall } from '../http/front-door.ts';
import type { TrailEvent } from './trail-event.ts';

/**
 * The event of a call.
 *
 * @param time when it happened, in milliseconds since the epoch
 */
export function trailEventOf(call: AnsweredCall, time: number): TrailEvent {
  const { request, credential, entry, error } = call;
  return {
    ...entry,
    time,
    source: call.service.eventSource,
    name: call.operation.name,
    readOnly: call.operation.readOnly,
    // KMS's records name a refusal `AccessDenied`, though the answer's name is longer.
    errorCode: error?.name === 'AccessDeniedException' ? 'AccessDenied' : error?.name,
    errorMessage: error?.message,
    call: {
      requestId: call.requestId,
      accessKeyId: credential.accessKeyId,
      userName: credential.principal.userName,
      principalId: credential.principal.principalId,
      principalArn: credential.principal.arn,
      sourceAddress: request.sourceAddress,
      userAgent: request.headers['user-agent'] ?? '',
    },
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
