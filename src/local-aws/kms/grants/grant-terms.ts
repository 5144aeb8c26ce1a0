import { AwsError, validationError } from '../../api/errors.ts';
import type { ConditionContext } from '../../authorization/permission.ts';
import type { Kms } from '../kms.ts';
import { encryptionContextConditions } from '../request-conditions.ts';
import type { GrantOperation, GrantTerms } from './grant.ts';

/** Operations that a grant can allow on a symmetric encryption key (KMS developer guide, grants.html#terms-grant-operations). */
const symmetricOperations = new Set<GrantOperation>([
  'CreateGrant',
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
]);

/** KMS developer guide, create-grant-overview.html#grant-constraints. */
const mostPairs = 8;
const longestValue = 384;

/**
 * Checks what a new grant is to say. AWS's sentences aren't public, apart from the one about principals.
 *
 * @throws {AwsError} `ValidationException`, `InvalidArnException` or `LimitExceededException`
 */
export function requireUsableTerms(kms: Kms, terms: GrantTerms): void {
  requireOperations(terms.Operations);
  requireConstraints(terms);
  requireGrantee(terms);
  if (terms.RetiringPrincipal !== undefined && terms.RetiringServicePrincipal !== undefined) {
    throw validationError(
      'You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
    );
  }
  for (const arn of [terms.GranteePrincipal, terms.RetiringPrincipal]) {
    if (arn !== undefined) requirePrincipal(kms, arn);
  }
}

/** @throws {AwsError} `InvalidArnException` for an ARN that is nobody's (the sentence is quoted in many issues) */
export function requirePrincipal(kms: Kms, arn: string): void {
  if (kms.identities.has(arn)) return;
  throw new AwsError('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`);
}

function requireOperations(operations: readonly GrantOperation[]): void {
  if (operations.length === 0) throw validationError('Operations must contain at least one operation.');
  const unsupported = operations.filter((operation) => !symmetricOperations.has(operation));
  if (unsupported.length === 0) return;
  throw validationError(
    `Operations not supported by a key with KeySpec SYMMETRIC_DEFAULT: ${unsupported.join(', ')}.`,
  );
}

/** The two kinds of grantee, as CreateGrant in the KMS API reference describes them. */
function requireGrantee(terms: GrantTerms): void {
  if ((terms.GranteePrincipal === undefined) === (terms.GranteeServicePrincipal === undefined)) {
    throw validationError(
      'You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
    );
  }
  if (terms.GranteeServicePrincipal === undefined) return;
  if (terms.Constraints?.SourceArn === undefined) {
    throw validationError('With a GranteeServicePrincipal you must specify a SourceArn constraint.');
  }
  if (terms.RetiringPrincipal === undefined && terms.RetiringServicePrincipal === undefined) {
    throw validationError(
      'With a GranteeServicePrincipal you must specify a RetiringPrincipal or a RetiringServicePrincipal.',
    );
  }
}

/** The sentence for two constraints is quoted in the source of Terraform's AWS provider. */
function requireConstraints({ Constraints = {} }: GrantTerms): void {
  if (Constraints.EncryptionContextSubset && Constraints.EncryptionContextEquals) {
    throw validationError('More than one constraint supplied');
  }
  for (const name of ['EncryptionContextSubset', 'EncryptionContextEquals'] as const) {
    const pairs = Object.entries(Constraints[name] ?? {});
    if (pairs.length > mostPairs) {
      throw limitExceeded(`${name} can have ${mostPairs} pairs; this one has ${pairs.length}.`);
    }
    for (const [key, value] of pairs) {
      if (value.length <= longestValue) continue;
      throw limitExceeded(
        `A value in ${name} can have ${longestValue} characters; that of '${key}' has more.`,
      );
    }
  }
}

const limitExceeded = (message: string) => new AwsError('LimitExceededException', message);

/** The condition keys of a request for a grant (KMS developer guide, conditions-kms.html). */
export function grantConditions(terms: GrantTerms): ConditionContext {
  const { Constraints = {} } = terms;
  const contexts = [Constraints.EncryptionContextEquals ?? {}, Constraints.EncryptionContextSubset ?? {}];
  // Not by assignment, which would take a name such as __proto__ for something else.
  const pairs = Object.fromEntries(contexts.flatMap((context) => Object.entries(context)));
  return {
    ...encryptionContextConditions(pairs),
    'kms:GrantConstraintType': Object.keys(Constraints).filter((name) =>
      name.startsWith('EncryptionContext'),
    ),
    'kms:GrantIsForAWSResource': 'false',
    'kms:GrantOperations': terms.Operations,
    'kms:GranteePrincipal': listOf(terms.GranteePrincipal),
    'kms:GranteeServicePrincipal': listOf(terms.GranteeServicePrincipal),
    'kms:RetiringPrincipal': listOf(terms.RetiringPrincipal),
    'kms:RetiringServicePrincipal': listOf(terms.RetiringServicePrincipal),
  };
}

const listOf = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);
