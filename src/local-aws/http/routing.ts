import { AwsError } from '../api/errors.ts';
import type { HostedOperation, HostedService } from './hosted-service.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** The services, by how a request names them. */
export interface Services {
  /** By what stands before the last dot of `x-amz-target`: `TrentService`, for one. */
  readonly byTarget: ReadonlyMap<string, HostedService>;
  /** The one that speaks the query protocol, whose operation is in the body's form. */
  readonly query: HostedService;
  /** In whose protocol an answer is given to a request that names no service. */
  readonly fallback: HostedService;
}

export interface Route {
  readonly service: HostedService;
  /** As the request has it; empty if it names none. */
  readonly operationName: string;
}

/** Finds the service that a request is for. */
export function routeOf(services: Services, request: IncomingRequest): Route {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const dot = target.lastIndexOf('.');
    const service = services.byTarget.get(target.slice(0, dot));
    return { service: service ?? services.fallback, operationName: service ? target.slice(dot + 1) : '' };
  }
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const action = new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '';
    return { service: services.query, operationName: action };
  }
  return { service: services.fallback, operationName: '' };
}

/** @throws {AwsError} `UnknownOperationException` if the service here doesn't have the operation */
export function requireOperation({ service, operationName }: Route): HostedOperation {
  const operation = service.operations.get(operationName);
  if (operation) return operation;
  throw new AwsError(
    'UnknownOperationException',
    operationName
      ? `The local AWS has no operation ${operationName} of ${service.signingName}.`
      : 'The request names no operation of a service that the local AWS has.',
  );
}
