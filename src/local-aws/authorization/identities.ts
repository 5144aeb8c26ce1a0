import type { Policy } from './policy.ts';
import type { Principal } from './principal.ts';

const principalArn =
  /^arn:(?<partition>aws[a-z-]*):(?:iam::(?<account>\d{12}):(?<name>root|user\/.+|role\/.+)|sts::(?<sessionAccount>\d{12}):(?:assumed-role\/(?<role>[^/]+)\/[^/]+|federated-user\/.+))$/;

/** The users and roles of the account, and their policies. */
export class Identities {
  readonly #accountId: string;
  readonly #policies = new Map<string, readonly Policy[]>();
  readonly #arns = new Set<string>();

  constructor(accountId: string) {
    this.#accountId = accountId;
    this.#arns.add(`arn:aws:iam::${accountId}:root`);
  }

  add(principal: Principal, policies: readonly Policy[]): void {
    this.#policies.set(principal.arn, policies);
    this.#arns.add(principal.type === 'IAMUser' ? principal.arn : principal.role.arn);
  }

  policiesOf(principal: Principal): readonly Policy[] {
    return this.#policies.get(principal.arn) ?? [];
  }

  /**
   * True if the ARN names somebody who exists: the account, a user, a role, or any session of a role. Nothing is known of
   * other accounts, so everybody in them counts as existing. Nobody in another partition does: IAM user guide,
   * reference_policies_elements_principal.html.
   */
  has(arn: string): boolean {
    const parts = principalArn.exec(arn)?.groups;
    if (parts?.partition !== 'aws') return false;
    if ((parts.account ?? parts.sessionAccount) !== this.#accountId) return true;
    return this.#arns.has(parts.role ? `arn:aws:iam::${this.#accountId}:role/${parts.role}` : arn);
  }
}

/** True if a text has the form of the ARN of an account, a user, a role, or a session of either. */
export const isPrincipalArn = (arn: string): boolean => principalArn.test(arn);
