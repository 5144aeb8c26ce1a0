import type { AnsweredCallInfo } from '../options.ts';

/**
 * Returns a line for the log: time of the answer, service and operation, status, error name, injected faults, request id and
 * duration. It has nothing from the bodies of the request or the answer.
 */
export function callLine(call: AnsweredCallInfo, answeredAt: Date): string {
  const { service, operation, status, errorCode, faults = [], requestId, durationMilliseconds } = call;
  const parts = [
    answeredAt.toISOString(),
    `${service}:${printable(operation)}`,
    status === 0 ? 'reset' : status,
    errorCode,
    faults.length > 0 ? `faults=${faults.join(',')}` : undefined,
    requestId,
    `${durationMilliseconds.toFixed(1)}ms`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** The operation's name as the client sent it, cut and without special characters, so that it can't forge log lines. */
const printable = (name: string) => name.slice(0, 64).replace(/[^\w.-]/g, '?') || '-';
