import { lookupEvents } from '../cloudtrail/lookup-events.ts';
import { kmsOperations } from '../kms/operations/index.ts';
import { getCallerIdentity } from '../sts/get-caller-identity.ts';
import type { FaultRule, ServiceName } from './rules.ts';

interface NamedOperation {
  readonly name: string;
  readonly readOnly: boolean;
}

const operations: Readonly<Record<ServiceName, readonly NamedOperation[]>> = {
  kms: kmsOperations,
  cloudtrail: [lookupEvents],
  sts: [getCallerIdentity],
};

export const serviceNames = ['kms', 'cloudtrail', 'sts'] as const satisfies readonly ServiceName[];

/**
 * Checks the operation that a rule names.
 *
 * @returns a message that says what it must be instead, or undefined if it is valid
 */
export function mistakeInOperation({
  fault,
  service,
  operation,
}: Pick<FaultRule, 'fault' | 'service' | 'operation'>): string | undefined {
  if (operation === undefined) return undefined;
  const candidates = service ? operations[service] : Object.values(operations).flat();
  const named = candidates.find(({ name }) => name === operation);
  if (named) {
    const changesNothing = fault === 'late-change' && named.readOnly;
    return changesNothing ? 'must be an operation that changes a key or an alias' : undefined;
  }
  const meant = candidates.find(({ name }) => name.toLowerCase() === operation.toLowerCase());
  if (meant) return `must be spelled ${meant.name}`;
  const names = candidates.map(({ name }) => name).join(', ');
  return `must be an operation of ${service ?? 'the local AWS'}: ${names}`;
}
