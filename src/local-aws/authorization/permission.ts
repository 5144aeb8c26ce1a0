import type { Principal, Relation } from './principal.ts';

/** The resource of a permission. A KMS key is one: its tags and its policy take part in the decision. */
export interface ProtectedResource {
  readonly arn: string;
  readonly tags?: readonly { readonly TagKey: string; readonly TagValue: string }[];
  /** The resource's own policy, a JSON document. Without one, the policies of the caller decide alone. */
  readonly policy?: string;
}

/** Condition keys and their values. AWS takes the keys in any case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** One thing that the caller must be allowed to do. */
export interface Permission {
  /** Such as `kms:GenerateDataKey`. */
  readonly action: string;
  /** Without one, the permission is for `*`: the action isn't about a resource. */
  readonly resource?: ProtectedResource;
  /** The condition keys that the request brings, such as `kms:RequestAlias`. Asked for only by a policy. */
  readonly conditions?: () => ConditionContext;
  /** Whom something else than a policy, such as a grant, allows it. A policy that denies it still wins. */
  readonly entitlement?: (principal: Principal) => Relation;
  /** How a refusal names the resource, where it isn't by the ARN. */
  readonly namedBy?: 'ciphertext' | 'nothing';
}

/** Decides whether the caller has a permission; throws AWS's `AccessDeniedException` if not. */
export type Authorize = (principal: Principal, permission: Permission) => void;
