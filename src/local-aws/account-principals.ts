import type { Account } from './account.ts';
import { Identities } from './authorization/identities.ts';
import { everythingAllowed, identityPolicy, type Policy } from './authorization/policy.ts';
import { InvalidPolicy, type PolicyDocumentInput } from './authorization/policy-document.ts';
import {
  nameOf,
  newRole,
  newRoleSession,
  newUser,
  type Principal,
  type Role,
} from './authorization/principal.ts';
import { type AccessKey, type Credential, newAccessKey, newSessionKey } from './http/credentials.ts';

interface PrincipalSettings {
  /** What it may do. Documents, or their JSON. */
  readonly policies: readonly (PolicyDocumentInput | string)[];
  /** Default: new ones, at random. */
  readonly credentials?: AccessKey;
}

/** A user of the account. */
export interface UserSettings extends PrincipalSettings {
  readonly userName: string;
}

/** A session of a role. The policies are the role's. */
export interface RoleSessionSettings extends PrincipalSettings {
  readonly roleName: string;
  readonly sessionName: string;
}

/** Everybody in the account, with their credentials and policies. */
export interface AccountPrincipals {
  readonly identities: Identities;
  /** By the name of the user, or of the session. */
  readonly credentials: ReadonlyMap<string, Credential>;
}

/**
 * @param now milliseconds since the epoch: when the sessions are opened
 * @throws {TypeError} for a name, a policy or credentials that AWS couldn't have, or that are there already
 */
export function accountPrincipals(
  account: Account,
  administrator: Credential,
  settings: readonly (UserSettings | RoleSessionSettings)[],
  now: number,
): AccountPrincipals {
  const identities = new Identities(account.accountId);
  const credentials = new Map<string, Credential>();
  const roles = new Map<string, Role>();

  const add = (credential: Credential, policies: readonly Policy[]) => {
    const name = nameOf(credential.principal);
    if (credentials.has(name))
      throw new TypeError(`There are two principals '${name}'. Give one another name.`);
    if ([...credentials.values()].some(({ accessKeyId }) => accessKeyId === credential.accessKeyId)) {
      throw new TypeError(`The access key of '${name}' is another principal's. Give it one of its own.`);
    }
    credentials.set(name, credential);
    identities.add(credential.principal, policies);
  };

  add(administrator, [everythingAllowed]);
  for (const setting of settings) {
    const principal = principalOf(account.accountId, setting, roles, now);
    add({ ...credentialsOf(setting), principal }, policiesOf(setting, nameOf(principal)));
  }
  return { identities, credentials };
}

function principalOf(
  accountId: string,
  setting: UserSettings | RoleSessionSettings,
  roles: Map<string, Role>,
  now: number,
): Principal {
  if ('userName' in setting) return newUser(accountId, requireName(setting.userName, 1));
  const roleName = requireName(setting.roleName, 1);
  const role = roles.get(roleName) ?? newRole(accountId, roleName);
  roles.set(roleName, role);
  return newRoleSession(accountId, role, requireName(setting.sessionName, 2), now);
}

/** IAM user guide, reference_iam-quotas.html: names of users and roles; and of sessions, which are longer than one. */
function requireName(name: string, shortest: number): string {
  if (/^[\w+=,.@-]{1,64}$/.test(name) && name.length >= shortest) return name;
  throw new TypeError(
    `'${name}' can't be the name of a principal. Take ${shortest} to 64 letters, digits and characters of _+=,.@-`,
  );
}

function credentialsOf(setting: UserSettings | RoleSessionSettings): AccessKey {
  if ('userName' in setting) return setting.credentials ?? newAccessKey();
  const credentials = setting.credentials ?? newSessionKey();
  if (credentials.sessionToken) return credentials;
  throw new TypeError(
    `The credentials of the session '${setting.sessionName}' have no sessionToken. Give them one, or leave them away.`,
  );
}

function policiesOf({ policies }: PrincipalSettings, name: string): Policy[] {
  return policies.map((policy, index) => {
    try {
      return identityPolicy(policy);
    } catch (error) {
      if (!(error instanceof InvalidPolicy)) throw error;
      throw new TypeError(`Policy ${index} of '${name}' is invalid. ${error.message}`);
    }
  });
}
