import type { Operation, Performed } from '../api/operation.ts';
import type { Authorize } from '../authorization/permission.ts';
import type { Principal } from '../authorization/principal.ts';
import type { Protocol } from './protocol.ts';

/** A service behind the front door. */
export interface HostedService {
  /** The service's name in a signature's scope, such as `kms`. */
  readonly signingName: string;
  /** How far the time of a signature may be from now, either way. */
  readonly signatureMinutes: number;
  /** Its name in CloudTrail, such as `kms.amazonaws.com`. */
  readonly eventSource: string;
  readonly protocol: Protocol;
  readonly operations: ReadonlyMap<string, HostedOperation>;
}

export interface HostedOperation {
  readonly name: string;
  readonly readOnly: boolean;
  /** See `Operation`. */
  perform(
    members: object,
    caller: Principal,
    authorize: Authorize,
    numbersAsText?: () => object,
  ): Performed | Promise<Performed>;
}

/** Binds operations to what they work on. */
export function hostedOperations<Service>(
  operations: readonly Operation<Service>[],
  service: Service,
): ReadonlyMap<string, HostedOperation> {
  return new Map(
    operations.map((operation) => [
      operation.name,
      {
        name: operation.name,
        readOnly: operation.readOnly,
        perform: (...call) => operation.perform(service, ...call),
      },
    ]),
  );
}
