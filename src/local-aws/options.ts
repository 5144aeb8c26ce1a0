import type { RoleSessionSettings, UserSettings } from './account-principals.ts';
import type { Clock } from './clock.ts';
import type { FaultRule } from './faults/rules.ts';
import type { AccessKey } from './http/credentials.ts';
import type { KeySettings } from './kms/given-keys.ts';

/** What `onCall` is told of each request that was answered. */
export interface AnsweredCallInfo {
  /** Such as `kms`. */
  readonly service: string;
  /** As the request named it; empty if it didn't. */
  readonly operation: string;
  /** 0 if a fault reset the connection, so that there was no answer. */
  readonly status: number;
  readonly errorCode?: string;
  readonly requestId: string;
  readonly durationMilliseconds: number;
  /** The error behind an `InternalFailure`: a defect of the local AWS, which the caller isn't told. */
  readonly defect?: unknown;
  /** The faults that were injected into the call or its answer, such as `['latency', 'throttle']`. */
  readonly faults?: readonly string[];
}

export interface LocalAwsOptions {
  /** Default 0: one that the system chooses. */
  readonly port?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Twelve digits. Default `111122223333`, the account of AWS's examples. */
  readonly accountId?: string;
  /** The administrator's access key. Default: a new one, at random. */
  readonly credentials?: AccessKey;
  /**
   * Users, and sessions of roles, beside the administrator; `LocalAws.credentialsOf` gives their credentials. Each may do what
   * its policies, the key policies and the grants allow. Default: none.
   */
  readonly principals?: readonly (UserSettings | RoleSessionSettings)[];
  /**
   * Keys with an id, and key material, of one's own choice: for tests that name a key, or that decrypt what was encrypted
   * before. Default: none.
   */
  readonly keys?: readonly KeySettings[];
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly cloudTrail?: {
    /** How long an event takes to become visible. Default 2. */
    readonly delaySeconds?: number;
    /** At most how much longer, at random. Default 0.5. */
    readonly jitterSeconds?: number;
    /** The quota of LookupEvents. Default 2, as on AWS; `Infinity` for none. */
    readonly lookupsPerSecond?: number;
    /** How many events to keep; the oldest make room. Default 100,000. */
    readonly capacity?: number;
  };
  /**
   * Rules for faults to inject on purpose, such as `{ fault: 'throttle', operation: 'GenerateDataKey' }`. Each call that a
   * rule matches gets the fault, unless its `rate` or its `sequence` selects some of them. Default: none. See faults/README.md.
   */
  readonly faults?: readonly FaultRule[];
  /** What chance decides of timing and faults, such as CloudTrail's jitter, is repeated by the same seed. Default: at random. */
  readonly seed?: number;
  /**
   * Where keys, aliases, tags, policies, grants, events and the administrator's access key are kept. The directory is made
   * if it isn't there; one process may use it at a time. Default: nowhere, all is in memory. See persistence/README.md.
   */
  readonly dataDirectory?: string;
  /** Told of what the user should know, such as a torn record in the data directory. Default: a line on stderr. */
  readonly onWarning?: (message: string) => void;
  /** Called after each answer: for a log. */
  readonly onCall?: (call: AnsweredCallInfo) => void;
}
