import { userArn } from '../account.ts';
import { uniqueId } from './unique-id.ts';

/** A user of the account. */
export interface User {
  readonly type: 'IAMUser';
  readonly principalId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly userName: string;
}

/** A role of the account, in a session that somebody opened. */
export interface RoleSession {
  readonly type: 'AssumedRole';
  /** The role's id and the session's name, with a colon between. */
  readonly principalId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly sessionName: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly role: Role;
}

export interface Role {
  readonly roleId: string;
  readonly arn: string;
  readonly roleName: string;
}

/** The signer of a request. */
export type Principal = User | RoleSession;

/**
 * How a policy of a resource, or a grant, is about a principal: by name (or everybody is meant), or through the account that
 * it belongs to. The latter gives the principal nothing, but lets the account's own policies give it (KMS developer guide,
 * key-policy-default.html#allow-iam-policies).
 */
export type Relation = 'caller' | 'account' | 'none';

export const strongest = (relations: readonly Relation[]): Relation =>
  relations.includes('caller') ? 'caller' : relations.includes('account') ? 'account' : 'none';

/** A principal's user name in CloudTrail. For a session, it is the session's name. */
export const nameOf = (principal: Principal): string =>
  principal.type === 'IAMUser' ? principal.userName : principal.sessionName;

export const newUser = (accountId: string, userName: string): User => ({
  type: 'IAMUser',
  principalId: uniqueId('AIDA', 21),
  arn: userArn(accountId, userName),
  accountId,
  userName,
});

export const newRole = (accountId: string, roleName: string): Role => ({
  roleId: uniqueId('AROA', 21),
  arn: `arn:aws:iam::${accountId}:role/${roleName}`,
  roleName,
});

/** @param startedAt milliseconds since the epoch */
export const newRoleSession = (
  accountId: string,
  role: Role,
  sessionName: string,
  startedAt: number,
): RoleSession => ({
  type: 'AssumedRole',
  principalId: `${role.roleId}:${sessionName}`,
  arn: `arn:aws:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
  accountId,
  sessionName,
  startedAt,
  role,
});
