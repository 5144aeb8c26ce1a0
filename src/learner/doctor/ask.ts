import { type Finding, ok, wrong } from './finding.ts';

/** What the AWS SDK throws when AWS, or the way to it, says no. */
type SdkError = Error & { $metadata?: { httpStatusCode?: number } };

/**
 * Makes a call to see whether it is allowed.
 *
 * @param permission such as `kms:CreateKey`
 * @param caller the ARN of who makes the call
 * @returns `allowed`, `not denied …` when AWS answered with another error than a refusal, or what to do
 */
export async function ask(
  permission: string,
  caller: string,
  call: () => Promise<unknown>,
): Promise<Finding> {
  try {
    await call();
    return ok(permission, 'allowed');
  } catch (error) {
    const { name, message, $metadata } = error as SdkError;
    if (name === 'AccessDeniedException')
      return wrong(permission, message, fixOf(permission, caller, message));
    if (/Throttl|LimitExceeded/.test(name)) {
      return wrong(permission, `${name}: ${message}`, 'Wait a moment, then run npm run doctor again.');
    }
    if ($metadata?.httpStatusCode === 400)
      return ok(permission, 'not denied, as far as AWS tells without a key');
    return wrong(permission, `${name}: ${message}`, 'Check the network, and the endpoint if you set one.');
  }
}

/** AWS's message tells which permission it missed: creating a key with tags takes that to tag it, too. */
function fixOf(permission: string, caller: string, message: string): string {
  if (message.includes('explicit deny')) {
    return 'A policy denies this explicitly: ask those who manage the account.';
  }
  const action = /to perform: (\w+:\w+)/.exec(message)?.[1] ?? permission;
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: '*' });
  return `Add to a policy of ${caller}: ${statement}`;
}
