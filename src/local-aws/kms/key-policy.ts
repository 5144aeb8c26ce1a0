import type { Account } from '../account.ts';
import { AwsError } from '../api/errors.ts';
import { isPrincipalArn } from '../authorization/identities.ts';
import type { Authorize, ConditionContext, ProtectedResource } from '../authorization/permission.ts';
import { resourcePolicy } from '../authorization/policy.ts';
import {
  InvalidPolicy,
  type PolicyDocument,
  type PrincipalElement,
  readPolicy,
} from '../authorization/policy-document.ts';
import type { Principal } from '../authorization/principal.ts';
import { withKeyAccess } from './key-access.ts';
import type { Kms } from './kms.ts';

export const onlyPolicyName = 'default';

/** In bytes (KMS developer guide, key-policy-overview.html). The model's limit is a higher one. */
const largestPolicy = 32_768;

/**
 * The policy of a key that was created without one: the account's IAM policies decide. It is laid out as KMS's own is
 * (GetKeyPolicy in the KMS API reference).
 */
export const defaultKeyPolicy = ({ accountId }: Account): string => `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::${accountId}:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`;

/**
 * A key has one policy, with one name.
 *
 * @throws {AwsError} `NotFoundException` for another name
 */
export function requirePolicyName(name: string): void {
  if (name !== onlyPolicyName) throw new AwsError('NotFoundException', 'No such policy exists');
}

/** Condition key of a request that can skip the lockout safety check. It is there only if the request says so. */
export const bypassCondition = (bypass: boolean | undefined): ConditionContext =>
  bypass === undefined ? {} : { 'kms:BypassPolicyLockoutSafetyCheck': String(bypass) };

const malformed = (message: string) => new AwsError('MalformedPolicyDocumentException', message);

/**
 * Checks a policy that a key is to get. The sentences are AWS's, as people quote them in issues, apart from those for what
 * isn't in the policy language at all.
 *
 * @throws {AwsError} `MalformedPolicyDocumentException`, `InvalidArnException` or `LimitExceededException`
 */
export function requireUsableKeyPolicy(kms: Kms, policy: string): void {
  const size = Buffer.byteLength(policy);
  if (size > largestPolicy) {
    throw new AwsError(
      'LimitExceededException',
      `A key policy can have ${largestPolicy} bytes; this one has ${size}.`,
    );
  }
  const document = orMalformed(() => readPolicy(policy));
  for (const arn of namedPrincipals(document)) {
    if (!isPrincipalArn(arn)) {
      throw new AwsError('InvalidArnException', 'An ARN in the specified key policy is invalid.');
    }
    if (!kms.identities.has(arn)) {
      throw malformed('Policy contains a statement with one or more invalid principals.');
    }
  }
  orMalformed(() => resourcePolicy(document));
}

/**
 * The lockout safety check: whoever gives a key its policy must be allowed, under that policy, to give it another one
 * (PutKeyPolicy in the KMS API reference).
 *
 * @param key the key as it will be
 * @throws {AwsError} `MalformedPolicyDocumentException`
 */
export function requireChangeable(
  kms: Kms,
  key: ProtectedResource,
  caller: Principal,
  authorize: Authorize,
): void {
  const permissions = withKeyAccess(kms, [], [{ action: 'kms:PutKeyPolicy', resource: key }]);
  try {
    for (const permission of permissions) authorize(caller, permission);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw malformed('The new key policy will not allow you to update the key policy in the future.');
  }
}

function orMalformed<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidPolicy) throw malformed(error.message);
    throw error;
  }
}

/** The ARNs in a policy. Every statement has to have at least one principal. */
function namedPrincipals(document: PolicyDocument): string[] {
  return document.Statement.flatMap(({ Principal, NotPrincipal }) => {
    const elements = [Principal, NotPrincipal].filter((element) => element !== undefined);
    if (!elements.some(namesSomebody)) throw malformed('Policy contains a statement with no principal.');
    return elements.flatMap((element) => (element === '*' ? [] : (element.AWS ?? []).filter(isArnLike)));
  });
}

const namesSomebody = (element: PrincipalElement): boolean =>
  element === '*' || Object.values(element).some((names) => names.length > 0);

/** A principal may also be everybody, or the bare number of an account. */
const isArnLike = (name: string): boolean => name !== '*' && !/^\d{12}$/.test(name);
