import type { Authorize, Permission } from '../authorization/permission.ts';
import type { Principal } from '../authorization/principal.ts';
import { AwsError, internalFailure } from './errors.ts';
import type { Shape, ValueOf } from './shape.ts';
import { parseInput } from './validation.ts';

/** A resource in a CloudTrail record. */
export interface TrailResource {
  readonly ARN: string;
  readonly type: string;
}

/** The part of a CloudTrail record that depends on the operation. It never holds a plaintext, a ciphertext or a secret. */
export interface TrailEntry {
  requestParameters: object | null;
  responseElements: object | null;
  resources: readonly TrailResource[];
  additionalEventData?: object;
}

/**
 * An operation of an AWS API, all of it in one place. The four functions run in this order.
 *
 * `Service` is what the operation works on, `Target` what its parameters turn out to name.
 */
export interface OperationDefinition<Service, Input extends Shape<unknown>, Target, Output extends object> {
  readonly name: string;
  /** Required members, lengths, ranges, patterns and enums. See `members.ts`. */
  readonly input: Input;
  /** Finds what the call is about. Throws where AWS answers that it isn't there. */
  target(service: Service, input: ValueOf<Input>, caller: Principal): Target;
  /** Permissions that the caller needs. */
  permissions(input: ValueOf<Input>, target: Target, service: Service): readonly Permission[];
  /** Does it, and gives the members of the answer. Throws AWS's errors, or rejects with them if it takes long. */
  run(
    service: Service,
    input: ValueOf<Input>,
    target: Target,
    caller: Principal,
    authorize: Authorize,
  ): Output | Promise<Output>;
  readonly trail: {
    readonly readOnly: boolean;
    requestParameters?(input: ValueOf<Input>): object | null;
    responseElements?(output: Output, target: Target): object | null;
    resources?(target: Target, output?: Output): readonly TrailResource[];
    additionalEventData?(output: Output, target: Target): object | undefined;
  };
}

/** Outcome of a call: the answer's members or the error, and the fields of its CloudTrail record. */
export interface Performed {
  readonly output?: object;
  readonly error?: AwsError;
  /** The defect of ours behind an `InternalFailure`. */
  readonly defect?: unknown;
  readonly entry: TrailEntry;
}

/** An operation as the front door sees it. */
export interface Operation<Service> {
  readonly name: string;
  readonly readOnly: boolean;
  readonly input: Shape<unknown>;
  /**
   * @param members the request's members, as they came over the wire
   * @param numbersAsText gives the same with numbers as the wire has them, for the few requests where that matters
   */
  perform(
    service: Service,
    members: object,
    caller: Principal,
    authorize: Authorize,
    numbersAsText?: () => object,
  ): Performed | Promise<Performed>;
}

/**
 * Gives the function that makes a service's operations out of their definitions. (TypeScript can't be told one type
 * parameter and infer the others, hence the two calls.)
 */
export function operationsOf<Service>() {
  return <Input extends Shape<unknown>, Target, Output extends object>(
    definition: OperationDefinition<Service, Input, Target, Output>,
  ): Operation<Service> => {
    const { trail } = definition;
    return {
      name: definition.name,
      readOnly: trail.readOnly,
      input: definition.input,
      perform(service, members, caller, authorize, numbersAsText) {
        const entry: TrailEntry = { requestParameters: null, responseElements: null, resources: [] };
        const failed = (error: unknown): Performed =>
          error instanceof AwsError ? { error, entry } : { error: internalFailure(), defect: error, entry };
        try {
          const input = parseInput(definition.input, members, numbersAsText);
          entry.requestParameters = trail.requestParameters?.(input) ?? null;
          const target = definition.target(service, input, caller);
          entry.resources = trail.resources?.(target) ?? [];
          for (const permission of definition.permissions(input, target, service)) {
            authorize(caller, permission);
          }
          const succeeded = (output: Output): Performed => {
            if (trail.resources) entry.resources = trail.resources(target, output);
            entry.responseElements = trail.responseElements?.(output, target) ?? null;
            entry.additionalEventData = trail.additionalEventData?.(output, target);
            return { output, entry };
          };
          const output = definition.run(service, input, target, caller, authorize);
          // A promise takes time, even one that is kept already: most operations need none.
          return output instanceof Promise ? output.then(succeeded).catch(failed) : succeeded(output);
        } catch (error) {
          return failed(error);
        }
      },
    };
  };
}
