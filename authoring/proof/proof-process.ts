// A process that runs the specs by Vitest's Node API, on request of prover.ts.
import { startLocalAws } from '../../src/local-aws/index.ts';
import { environmentOf, useEnvironment } from '../../src/run/target.ts';
import { runSolutions, runTrials } from './run-specs.ts';
import type { ProofAnswer, ProofRequest } from './trial.ts';

process.on('message', async (request: ProofRequest) => {
  process.send?.(await answer(request));
});
// The process that asks is gone.
process.on('disconnect', () => process.exit());

async function answer(request: ProofRequest): Promise<ProofAnswer> {
  const { id, root } = request;
  try {
    const outcomes =
      'trials' in request
        ? await withPromptAws(() => runTrials(root, request.trials, request.untilFailure))
        : await runSolutions(root, request.solutionRun);
    return { id, outcomes };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Trials are many: their CloudTrail is prompt, and answers as many look-ups as there are. */
async function withPromptAws<Result>(action: () => Promise<Result>): Promise<Result> {
  const cloudTrail = { delaySeconds: 0.1, jitterSeconds: 0, lookupsPerSecond: Infinity };
  const localAws = await startLocalAws({ cloudTrail });
  const restore = useEnvironment({ ...environmentOf(localAws), WORKSHOP_TARGET: 'endpoint' });
  try {
    return await action();
  } finally {
    restore();
    await localAws.close();
  }
}
