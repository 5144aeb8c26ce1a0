import { randomUUID } from 'node:crypto';
import { AwsError, internalFailure } from '../api/errors.ts';
import type { Performed } from '../api/operation.ts';
import type { Authorize, Permission } from '../authorization/permission.ts';
import type { Principal } from '../authorization/principal.ts';
import type { CallFaultInjector, InjectedFaults } from '../faults/call-faults.ts';
import type { Credential } from './credentials.ts';
import type { HostedOperation, HostedService } from './hosted-service.ts';
import { type IncomingRequest, refuseRepeatedHeaders } from './incoming-request.ts';
import { refuseWebPages } from './loopback-only.ts';
import { type Route, requireOperation, routeOf, type Services } from './routing.ts';
import { type SignatureVerifier, verifySignature } from './signature-v4.ts';

/** A call that got past the signature check, and what came of it. */
export interface AnsweredCall {
  readonly performed: Performed;
  readonly requestId: string;
  readonly request: IncomingRequest;
  readonly service: HostedService;
  readonly operation: HostedOperation;
  readonly credential: Credential;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly requestId: string;
  readonly body: string;
  /** For the log: which service and operation, as far as the request named them, and what went wrong. */
  readonly service: string;
  readonly operation: string;
  readonly error?: AwsError | undefined;
  readonly defect?: unknown;
  /** Faults that the rules inject into the call or its answer. */
  readonly injected?: InjectedFaults | undefined;
}

export interface FrontDoorParts {
  readonly services: Services;
  readonly verifier: SignatureVerifier;
  /** Throws AWS's `AccessDeniedException` if the caller hasn't the permission. */
  authorize(caller: Principal, permission: Permission, request: IncomingRequest): void;
  /** Lets the time do its work, such as deleting the keys whose date has come, before a call sees the state. */
  catchUp(): void;
  /** Keeps a call, once for each, before it is answered. */
  record(call: AnsweredCall): void;
  /** Injects faults into calls, if there are rules for that. */
  readonly faultInjector?: CallFaultInjector | undefined;
}

/** Outcome of a request, including one that reached no operation. */
type Outcome = Omit<Performed, 'entry'>;

/**
 * Takes a request through all it has to pass, in AWS's order, and makes the answer. Never throws, and never rejects: what
 * goes wrong is an answer too.
 *
 * @returns a promise only if the operation takes its time
 */
export function answerRequest(door: FrontDoorParts, request: IncomingRequest): Answer | Promise<Answer> {
  const requestId = randomUUID();
  const route = routeOf(door.services, request);
  const { service } = route;
  let injected: InjectedFaults | undefined;
  const answerWith = (outcome: Outcome): Answer => answerOf(outcome, route, requestId, injected);
  try {
    refuseRepeatedHeaders(request);
    refuseWebPages(request);
    const operation = requireOperation(route);
    const credential = verifySignature(door.verifier, request, service);
    const members = service.protocol.members(request.body);
    door.catchUp();
    injected = door.faultInjector?.faultsFor({ service: service.signingName, operation: operation.name });
    if (injected?.reset !== 'before-call') {
      const authorize: Authorize = (caller, permission) => door.authorize(caller, permission, request);
      const numbersAsText = () => service.protocol.numbersAsText?.(request.body) ?? members;
      const finish = (performed: Performed): Answer => {
        door.record({ performed, requestId, request, service, operation, credential });
        return answerWith(performed);
      };
      const performed =
        injected?.refusal ?? operation.perform(members, credential.principal, authorize, numbersAsText);
      if (!(performed instanceof Promise)) return finish(performed);
      return performed.then(finish).catch((error: unknown) => answerWith(failure(error)));
    }
    return answerWith({});
  } catch (error) {
    return answerWith(failure(error));
  }
}

const failure = (error: unknown): Outcome =>
  error instanceof AwsError ? { error } : { error: internalFailure(), defect: error };

function answerOf(
  { output = {}, error, defect }: Outcome,
  { service, operationName }: Route,
  requestId: string,
  injected: InjectedFaults | undefined,
): Answer {
  const { status, body } = error
    ? service.protocol.error(error, requestId)
    : { status: 200, body: service.protocol.answer(output, operationName, requestId) };
  return {
    status,
    contentType: service.protocol.contentType,
    requestId,
    body,
    service: service.signingName,
    operation: operationName,
    error,
    defect,
    injected,
  };
}
