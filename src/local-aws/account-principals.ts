import type { Account } from './account.ts';
import { Identities } from './authorization/identities.ts';
import { everythingAllowed, identityPolicy, type Policy } from './authorization/policy.ts';
import { InvalidPolicy } from './authorization/policy-document.ts';
import {
  nameOf,
  newRole,
  newRoleSession,
  newUser,
  type Principal,
  type Role,
} from './authorization/principal.ts';
import { type Credential, newAccessKey, newSessionKey } from './http/credentials.ts';
import type { AccessKey, RoleSessionSettings, UserSettings } from './options.ts';

/** All principals of the account, with their credentials and policies. */
export interface AccountPrincipals {
  readonly identities: Identities;
  /** By the name of the user, or of the session. */
  readonly credentials: ReadonlyMap<string, Credential>;
}

/**
 * Makes the principals of an account: the administrator and those of the options.
 *
 * @param now time at which the sessions begin, in milliseconds since the epoch
 * @throws {TypeError} if a name, a policy or credentials are invalid, or if two principals share a name or an access key
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
      throw new TypeError(`Two principals have the name '${name}'. Rename one of them.`);
    if ([...credentials.values()].some(({ accessKeyId }) => accessKeyId === credential.accessKeyId)) {
      throw new TypeError(
        `The access key of '${name}' belongs to another principal, too. Give each its own.`,
      );
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
    `'${name}' is not a valid name of a principal. Use ${shortest} to 64 letters, digits and characters of _+=,.@-`,
  );
}

function credentialsOf(setting: UserSettings | RoleSessionSettings): AccessKey {
  if ('userName' in setting) return setting.credentials ?? newAccessKey();
  const credentials = setting.credentials ?? newSessionKey();
  if (credentials.sessionToken) return credentials;
  throw new TypeError(
    `The credentials of the session '${setting.sessionName}' have no sessionToken. Add one, or omit the credentials.`,
  );
}

function policiesOf({ policies }: UserSettings | RoleSessionSettings, name: string): Policy[] {
  return policies.map((policy, index) => {
    try {
      return identityPolicy(policy);
    } catch (error) {
      if (!(error instanceof InvalidPolicy)) throw error;
      throw new TypeError(`Policy ${index} of '${name}' is invalid. ${error.message}`);
    }
  });
}
