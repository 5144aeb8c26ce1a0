/** The error that AWS answers with, as the SDK shows it. */
export interface Refusal {
  name: string;
  message: string;
  /** Of HTTP. KMS and CloudTrail refuse with 400, whatever the SDK's documentation says (recorded: see `recorded`). */
  status: number | undefined;
}

/**
 * Gives the refusal that a call ends in.
 *
 * @throws Error if the call succeeds; whatever it throws if AWS gave no answer
 */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  let answer: object;
  try {
    answer = Object(await call);
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { name, message, status: $metadata.httpStatusCode };
  }
  throw new Error(
    `The call should have been refused, but was answered with these members: ${Object.keys(answer).join(', ')}.`,
  );
}

/** A refusal as KMS and CloudTrail give it, with this name and message. */
export const refusal = (name: string, message: string): Refusal => ({ name, message, status: 400 });

/** AWS's answer to a member that breaks a constraint: `Value 'x' at 'member' failed to satisfy constraint: …` */
export const constraintBroken = (at: string, constraint: string): Refusal =>
  refusal(
    'ValidationException',
    `1 validation error detected: Value ${at} failed to satisfy constraint: Member must ${constraint}`,
  );
