/** An error that AWS would answer with. Anything else that is thrown inside an operation is a defect of ours. */
export class AwsError extends Error {
  /** HTTP status. KMS answers every client error with 400, whatever its model says (recorded answers). */
  readonly status: number;

  /**
   * @param name the error's name on the wire, such as `NotFoundException`
   * @param message AWS's text, word for word
   */
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** The answer to a call that hits a defect of ours. It gives no details. */
export const internalFailure = (): AwsError =>
  new AwsError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
  );

export const validationError = (message: string): AwsError => new AwsError('ValidationException', message);

export const serializationError = (message: string): AwsError =>
  new AwsError('SerializationException', message);

/** The answer of every operation with `DryRun` that would have gone through. */
export const dryRunSucceeded = (): AwsError =>
  new AwsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
