import type { PrincipalElement } from './policy-document.ts';
import type { Principal, Relation } from './principal.ts';

/** The principals that a statement of a resource's policy applies to. */
export type PrincipalMatcher = (principal: Principal) => Relation;

const rootArn = /^arn:aws:iam::(\d{12}):root$/;

interface NamedPrincipals {
  readonly everybody: boolean;
  readonly accountIds: ReadonlySet<string>;
  readonly arns: ReadonlySet<string>;
}

/** AWS services and federated identities don't call the local AWS: what a policy says of them is about nobody here. */
function namedIn(element: PrincipalElement): NamedPrincipals {
  if (element === '*') return { everybody: true, accountIds: new Set(), arns: new Set() };
  const names = element.AWS ?? [];
  const accountIdOf = (name: string) => (/^\d{12}$/.test(name) ? name : rootArn.exec(name)?.[1]);
  return {
    everybody: names.includes('*'),
    accountIds: new Set(names.flatMap((name) => accountIdOf(name) ?? [])),
    arns: new Set(names.filter((name) => accountIdOf(name) === undefined)),
  };
}

/** For `Principal`. */
export function principalMatcher(element: PrincipalElement): PrincipalMatcher {
  const named = namedIn(element);
  return (principal) => {
    if (named.everybody || arnsOf(principal).some((arn) => named.arns.has(arn))) return 'caller';
    return named.accountIds.has(principal.accountId) ? 'account' : 'none';
  };
}

/**
 * Returns the matcher of `NotPrincipal`. A caller has several names: the account, the user, or the role and its session. A
 * `Deny` exempts a caller only if it names all of them (IAM user guide, reference_policies_elements_notprincipal.html); an
 * `Allow` excludes a caller if it names any.
 */
export function exceptionMatcher(element: PrincipalElement, effect: 'Allow' | 'Deny'): PrincipalMatcher {
  const named = namedIn(element);
  return (principal) => {
    const isNamed = [
      named.accountIds.has(principal.accountId),
      ...arnsOf(principal).map((arn) => named.arns.has(arn)),
    ];
    const excepted = effect === 'Deny' ? isNamed.every(Boolean) : isNamed.some(Boolean);
    return named.everybody || excepted ? 'none' : 'caller';
  };
}

const arnsOf = (principal: Principal): readonly string[] =>
  principal.type === 'IAMUser' ? [principal.arn] : [principal.role.arn, principal.arn];
