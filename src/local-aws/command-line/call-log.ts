import type { AnsweredCallInfo } from '../options.ts';

/**
 * A call in a line: when it was answered, what was called, the status and the error's name, the injected faults, the
 * request id, how long it took. Nothing of what was sent or answered.
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

/** The operation as the client named it: in one line, and not longer than any real name, whatever the client sent. */
const printable = (name: string) => name.slice(0, 64).replace(/[^\w.-]/g, '?') || '-';
