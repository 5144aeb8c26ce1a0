import type { Principal, Relation } from '../../authorization/principal.ts';
import { principalMatcher } from '../../authorization/principal-matcher.ts';
import type { EncryptionContext } from '../ciphertext-blob.ts';
import type { Grant, GrantConstraints, GrantOperation, GrantTerms } from './grant.ts';

/** How a grant is about a caller: as its grantee, or as one of the account that is its grantee. */
export const relationToGrantee = ({ terms }: Grant, principal: Principal): Relation =>
  relationTo(terms.GranteePrincipal, principal);

/** The same, for the one who may retire it. */
export const relationToRetirer = ({ terms }: Grant, principal: Principal): Relation =>
  relationTo(terms.RetiringPrincipal, principal);

const relationTo = (arn: string | undefined, principal: Principal): Relation =>
  arn === undefined ? 'none' : principalMatcher({ AWS: [arn] })(principal);

/** Operations to which a constraint of the encryption context doesn't apply (CreateGrant in the KMS API reference). */
const withoutEncryptionContext = new Set<string>(['DescribeKey', 'RetireGrant'] satisfies GrantOperation[]);

/**
 * True if a grant allows an operation to its grantee.
 *
 * @param operation such as `Decrypt`
 */
export function allowsOperation({ terms }: Grant, operation: string, context: EncryptionContext): boolean {
  const { Operations, Constraints = {} } = terms;
  if (!(Operations as readonly string[]).includes(operation)) return false;
  // Nobody calls the local AWS on behalf of a resource.
  if (Constraints.SourceArn !== undefined) return false;
  return withoutEncryptionContext.has(operation) || satisfies(context, Constraints);
}

function satisfies(context: EncryptionContext, constraints: GrantConstraints): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints;
  return (!equals || sameContext(context, equals)) && (!subset || includesContext(context, subset));
}

/**
 * True if a grant that allows its grantee to create grants allows this one: with no more operations, and with constraints
 * at least as strict (KMS developer guide, create-grant-overview.html#grant-creategrant).
 */
export function allowsCreating({ terms: parent }: Grant, child: GrantTerms): boolean {
  return (
    parent.Operations.includes('CreateGrant') &&
    child.Operations.every((operation) => parent.Operations.includes(operation)) &&
    isAsStrict(child.Constraints ?? {}, parent.Constraints ?? {})
  );
}

function isAsStrict(child: GrantConstraints, parent: GrantConstraints): boolean {
  const equals = child.EncryptionContextEquals;
  if (parent.SourceArn !== undefined && child.SourceArn !== parent.SourceArn) return false;
  if (parent.EncryptionContextEquals) {
    if (!equals || !sameContext(equals, parent.EncryptionContextEquals)) return false;
  }
  if (!parent.EncryptionContextSubset) return true;
  const required = equals ?? child.EncryptionContextSubset;
  return required !== undefined && includesContext(required, parent.EncryptionContextSubset);
}

const includesContext = (context: EncryptionContext, pairs: EncryptionContext): boolean =>
  Object.entries(pairs).every(([name, value]) => Object.hasOwn(context, name) && context[name] === value);

const sameContext = (one: EncryptionContext, other: EncryptionContext): boolean =>
  Object.keys(one).length === Object.keys(other).length && includesContext(one, other);
