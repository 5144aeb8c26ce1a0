/** Events can be looked up at once; and they are few, so that the journal is often rewritten. */
export const victimOptions = {
  cloudTrail: {
    delaySeconds: 0,
    jitterSeconds: 0,
    lookupsPerSecond: Number.POSITIVE_INFINITY,
    capacity: 300,
  },
};
