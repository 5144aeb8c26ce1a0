/** The environment that a learner would have: this process's, without what a test runner, a CI or a setting put there. */
export function learnerEnvironment(): Record<string, string | undefined> {
  const isOurs =
    /^(VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$|CI$|GITHUB_|FORCE_COLOR$|NO_COLOR$|WORKSHOP_|AWS_|npm_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs.test(name)));
}
