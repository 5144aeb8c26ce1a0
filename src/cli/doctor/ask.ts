import { whyNotThere } from '../../run/endpoint/why-not-there.ts';
import { type Finding, notThere, ok, wrong } from './finding.ts';
import { statementsFor } from './iam-policy.ts';

/** An error that the AWS SDK throws when AWS refuses a call or can't be reached. */
type SdkError = Error & { $metadata?: { httpStatusCode?: number } };

/**
 * The outcome of a call. AWS did it, refused it, found another mistake in it, was too busy, or wasn't reached; or an
 * endpoint doesn't have the operation.
 */
export type Answer =
  | { kind: 'done' }
  | { kind: 'not there'; error: Error; why: string }
  | { kind: 'refused' | 'something else is wrong' | 'busy' | 'no answer'; error: Error };

/** Makes a call, and returns how it ended. */
export async function attempt(call: () => Promise<unknown>): Promise<Answer> {
  try {
    await call();
    return { kind: 'done' };
  } catch (thrown) {
    const error = thrown as SdkError;
    if (error.name === 'AccessDeniedException') return { kind: 'refused', error };
    if (/Throttl|LimitExceeded/.test(error.name)) return { kind: 'busy', error };
    const why = error.$metadata?.httpStatusCode && whyNotThere(error);
    if (why) return { kind: 'not there', error, why };
    if (error.$metadata?.httpStatusCode === 400) return { kind: 'something else is wrong', error };
    return { kind: 'no answer', error };
  }
}

/**
 * Makes a call to see whether it is allowed.
 *
 * @param permission such as `kms:CreateKey`
 * @param caller the ARN of who makes the call
 * @returns `allowed`, `not denied …` when AWS answered with another error than a refusal, that an endpoint doesn't
 *   have it, or what to do
 */
export async function ask(
  permission: string,
  caller: string,
  call: () => Promise<unknown>,
): Promise<Finding> {
  const answer = await attempt(call);
  if (answer.kind === 'done') return ok(permission, 'allowed');
  const { name, message } = answer.error;
  switch (answer.kind) {
    case 'refused':
      return wrong(permission, message, fixOf(permission, caller, message));
    case 'busy':
      return wrong(permission, `${name}: ${message}`, 'Wait a moment, then run npm run doctor again.');
    case 'something else is wrong':
      return ok(permission, 'not denied, as far as AWS shows without a key');
    case 'not there':
      return notThere(permission, answer.why);
    case 'no answer':
      return wrong(permission, `${name}: ${message}`, 'Check the network, and the endpoint if you set one.');
  }
}

/** AWS's message tells which permission it missed: creating a key with tags takes that to tag it, too. */
function fixOf(permission: string, caller: string, message: string): string {
  if (message.includes('explicit deny')) {
    return 'A policy denies this explicitly: ask those who manage the account.';
  }
  const action = /to perform: (\w+:\w+)/.exec(message)?.[1] ?? permission;
  const statements = statementsFor(action).map((statement) => JSON.stringify(statement));
  return [`Add to a policy of ${caller}, or attach docs/iam-policy.json, which has it:`, ...statements].join(
    '\n',
  );
}
