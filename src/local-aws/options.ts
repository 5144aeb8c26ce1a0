import type { PolicyDocumentInput } from './authorization/policy-document.ts';
import type { Clock } from './clock.ts';
import type { FaultRule } from './faults/rules.ts';

/** Credentials with which a client signs requests. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials only; the request must bring it. */
  readonly sessionToken?: string;
}

interface PrincipalSettings {
  /** Policy documents, as objects or JSON, that say what the principal may do. */
  readonly policies: readonly (PolicyDocumentInput | string)[];
  /** Default: random ones. */
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

/** A symmetric encryption key that exists from the start. */
export interface KeySettings {
  /** A UUID, in lower case. */
  readonly keyId: string;
  /** The secret: 32 bytes, in base64. The same material decrypts ciphertexts of earlier runs. Default: random. */
  readonly material?: string;
  /** With its prefix: `alias/…` */
  readonly aliasName?: string;
}

/** An answered request, as `onCall` gets it. */
export interface AnsweredCallInfo {
  /** Such as `kms`. */
  readonly service: string;
  /** The operation that the request named; empty if it named none. */
  readonly operation: string;
  /** 0 if a fault reset the connection, so that there was no answer. */
  readonly status: number;
  readonly errorCode?: string;
  readonly requestId: string;
  readonly durationMilliseconds: number;
  /** The error behind an `InternalFailure`: a defect of the local AWS. The caller doesn't see it. */
  readonly defect?: unknown;
  /** The faults that were injected into the call or its answer, such as `['latency', 'throttle']`. */
  readonly faults?: readonly string[];
}

export interface LocalAwsOptions {
  /** Default 0: the system chooses a free port. */
  readonly port?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Twelve digits. Default `111122223333`, the account of AWS's examples. */
  readonly accountId?: string;
  /** The administrator's access key. Default: a random one. */
  readonly credentials?: AccessKey;
  /**
   * Users and role sessions, besides the administrator; `LocalAws.credentialsOf` returns their credentials. Each may do what
   * its policies, the key policies and the grants allow. Default: none.
   */
  readonly principals?: readonly (UserSettings | RoleSessionSettings)[];
  /**
   * Keys with the ids and the key material that you choose, for tests that name a key, or that decrypt ciphertexts of earlier
   * runs. Default: none.
   */
  readonly keys?: readonly KeySettings[];
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  readonly cloudTrail?: {
    /** Time until an event becomes visible. Default 2. */
    readonly delaySeconds?: number;
    /** Longest random time that is added to the delay. Default 0.5. */
    readonly jitterSeconds?: number;
    /** The quota of LookupEvents. Default 2, as on AWS; `Infinity` for no quota. */
    readonly lookupsPerSecond?: number;
    /** Number of events to keep; the oldest are dropped. Default 100,000. */
    readonly capacity?: number;
  };
  /**
   * Rules for faults to inject on purpose, such as `{ fault: 'throttle', operation: 'GenerateDataKey' }`. Each call that a
   * rule matches gets the fault, unless its `rate` or its `sequence` selects some of them. Default: none. See faults/README.md.
   */
  readonly faults?: readonly FaultRule[];
  /** The same seed repeats the same random decisions about timing and faults, such as CloudTrail's jitter. Default: random. */
  readonly seed?: number;
  /**
   * The directory that keeps keys, aliases, tags, policies, grants, events and the administrator's access key. It is created
   * if it doesn't exist; one process may use it at a time. Default: none, everything is in memory. See persistence/README.md.
   */
  readonly dataDirectory?: string;
  /** Called with each warning, such as about a torn record in the data directory. Default: prints it on stderr. */
  readonly onWarning?: (message: string) => void;
  /** Called after each answer, for example to log it. */
  readonly onCall?: (call: AnsweredCallInfo) => void;
}
