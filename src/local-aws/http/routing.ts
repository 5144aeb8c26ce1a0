import { AwsError } from '../api/errors.ts';
import type { HostedOperation, HostedService } from './hosted-service.ts';
import { type IncomingRequest, queryOf } from './incoming-request.ts';
import { queryVersion } from './query-protocol.ts';

/** The services, by how a request names them. */
export interface Services {
  /** By what stands before the last dot of `x-amz-target`: `TrentService`, for one. */
  readonly byTarget: ReadonlyMap<string, HostedService>;
  /** The one that speaks the query protocol. */
  readonly query: HostedService;
  /** In whose protocol an answer is given to a request that names no service. */
  readonly fallback: HostedService;
}

export interface Route {
  readonly service: HostedService;
  /** As the request has it; empty if it names none. */
  readonly operationName: string;
  /** In the query protocol, the version of the API that the request names. */
  readonly version?: string;
}

/**
 * Finds the service that a request is for. In the query protocol, the operation is in the URL's query or in the body's
 * form, and the first of several counts (as STS was seen to answer).
 */
export function routeOf(services: Services, request: IncomingRequest): Route {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const dot = target.lastIndexOf('.');
    const service = services.byTarget.get(target.slice(0, dot));
    return { service: service ?? services.fallback, operationName: service ? target.slice(dot + 1) : '' };
  }
  const query = new URLSearchParams(queryOf(request));
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (!isForm && !query.has('Action')) return { service: services.fallback, operationName: '' };
  const parameters = query.has('Action') ? query : new URLSearchParams(request.body.toString('utf8'));
  return {
    service: services.query,
    operationName: parameters.get('Action') ?? '',
    version: parameters.get('Version') ?? 'NO_VERSION_SPECIFIED',
  };
}

/**
 * @throws {AwsError} `UnknownOperationException` if the service here doesn't have the operation, or not in that version of
 *   its API
 */
export function requireOperation({ service, operationName, version }: Route): HostedOperation {
  const operation = service.operations.get(operationName);
  if (operation && (version === undefined || version === queryVersion)) return operation;
  throw new AwsError('UnknownOperationException', unknownOperation(service, operationName, version));
}

function unknownOperation(service: HostedService, name: string, version: string | undefined): string {
  // Seen on STS.
  if (version !== undefined) return `Could not find operation ${name} for version ${version}`;
  return name
    ? `The local AWS has no operation ${name} of ${service.signingName}.`
    : 'The request names no operation of a service that the local AWS has.';
}
