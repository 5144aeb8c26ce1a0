import { type KeyRecord, newMaterial, type RotationSchedule, type RotationType } from './key.ts';

/** A rotation that has been completed: the key before it, and the key as it is now. */
export interface Rotation {
  readonly type: RotationType;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly before: KeyRecord;
  readonly after: KeyRecord;
}

const dayInMilliseconds = 24 * 60 * 60 * 1000;

/** @param now when rotation is enabled: the first one is a whole period later (EnableKeyRotation in the API reference) */
export const newSchedule = (periodInDays: number, now: number): RotationSchedule => ({
  periodInDays,
  nextAt: now + periodInDays * dayInMilliseconds,
});

/**
 * The schedule of a key that is enabled again. What it missed while it was disabled is made good at once, and once
 * (GetKeyRotationStatus in the API reference).
 */
export const resumedSchedule = (schedule: RotationSchedule | undefined, now: number) =>
  schedule && { ...schedule, nextAt: Math.max(schedule.nextAt, now) };

/**
 * When KMS will give a key new material without being asked; infinity if it won't. A key that is disabled or is to be
 * deleted isn't rotated, but its schedule stays (GetKeyRotationStatus in the API reference).
 */
export const nextAutomaticRotation = (key: KeyRecord): number =>
  (key.state === 'Enabled' ? key.rotationSchedule?.nextAt : undefined) ?? Number.POSITIVE_INFINITY;

/** When a key gets new material next, for either reason. */
export const nextRotation = (key: KeyRecord): number =>
  Math.min(key.onDemandRotationAt ?? Number.POSITIVE_INFINITY, nextAutomaticRotation(key));

/** Every rotation of a key that is due, in order: more than one if several periods have gone by. */
export function* dueRotations(key: KeyRecord, now: number): Generator<Rotation> {
  for (let before = key; nextRotation(before) <= now; ) {
    const rotation = rotate(before);
    yield rotation;
    before = rotation.after;
  }
}

/** An on-demand rotation leaves the schedule as it is; an automatic one moves it on by a period. */
function rotate(before: KeyRecord): Rotation {
  const at = nextRotation(before);
  const { onDemandRotationAt, rotationSchedule: schedule, ...key } = before;
  const type = onDemandRotationAt === at ? 'ON_DEMAND' : 'AUTOMATIC';
  const materials: KeyRecord['materials'] = [...key.materials, { ...newMaterial(at), rotationType: type }];
  if (type === 'ON_DEMAND') {
    return { type, at, before, after: { ...key, materials, rotationSchedule: schedule } };
  }
  const rotationSchedule = schedule && newSchedule(schedule.periodInDays, at);
  return { type, at, before, after: { ...key, materials, rotationSchedule, onDemandRotationAt } };
}
