import type { TrailEntry } from '../api/operation.ts';
import type { Principal } from '../authorization/principal.ts';

/** A thing that happened, as CloudTrail keeps it. The record, its JSON form, is built when somebody looks. */
export interface TrailEvent extends Readonly<TrailEntry> {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Such as `kms.amazonaws.com`. */
  readonly source: string;
  /** The operation, such as `GenerateDataKey`. */
  readonly name: string;
  readonly readOnly: boolean;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly requestId?: string;
  /** The caller and its client. Undefined for an event that a service causes, such as the deletion of a key that is due. */
  readonly caller?: TrailCaller;
  /** Details of an event that a service causes. */
  readonly serviceEventDetails?: object;
}

export interface TrailCaller {
  readonly accessKeyId: string;
  readonly principal: Principal;
  readonly sourceAddress: string;
  readonly userAgent: string;
}

/** CloudTrail's times are whole seconds. */
export const wholeSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
