// A process that runs the specs by Vitest's Node API, on request of prover.ts.
import { startLocalAws } from '../../src/local-aws/index.ts';
import { environmentOf, useEnvironment } from '../../src/run/target.ts';
import { runSolutions, runSpecs } from './run-specs.ts';
import type { ProofAnswer, ProofRequest } from './spec-run.ts';

process.on('message', async (request: ProofRequest) => {
  process.send?.(await answer(request));
});
// The process that asks is gone.
process.on('disconnect', () => process.exit());

async function answer(request: ProofRequest): Promise<ProofAnswer> {
  const { id, root } = request;
  try {
    const outcomes =
      'specRuns' in request
        ? await withPromptAws(() => runSpecs(root, request.specRuns))
        : await runSolutions(root, request.solutionRun);
    return { id, outcomes };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The spec runs are many, so their CloudTrail delivers at once and has no quota of look-ups. */
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
