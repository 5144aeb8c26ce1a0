// A process that runs the specs by Vitest's Node API, on request of prover.ts.
import { type LocalAws, startLocalAws } from 'local-kms-cloudtrail';
import { environmentOf, useEnvironment } from '../../src/run/target.ts';
import { runSolutions, runSpecs, startVitest } from './run-specs.ts';
import type { ProofAnswer, ProofRequest, SpecOutcome, SpecRun } from './spec-run.ts';

process.on('message', async (request: ProofRequest) => {
  process.send?.(await answer(request));
});
// The process that asks is gone, or needs no more.
process.on('disconnect', async () => {
  await (await vitest)?.close();
  process.exit();
});

async function answer(request: ProofRequest): Promise<ProofAnswer> {
  const { id, root } = request;
  try {
    const outcomes =
      'specRuns' in request
        ? await runSpecsThere(root, request.specRuns)
        : await runSolutions(root, request.solutionSession);
    return { id, outcomes };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

let localAws: Promise<LocalAws> | undefined;
let vitest: ReturnType<typeof startVitest> | undefined;

/** Runs specs with one Vitest and one local AWS for all requests. */
async function runSpecsThere(root: string, specRuns: SpecRun[]): Promise<SpecOutcome[]> {
  // The runs are many, so CloudTrail delivers at once and has no quota of look-ups.
  localAws ??= startLocalAws({
    cloudTrail: { delaySeconds: 0.1, jitterSeconds: 0, lookupsPerSecond: Infinity },
  });
  const restore = useEnvironment({ ...environmentOf(await localAws), WORKSHOP_TARGET: 'endpoint' });
  try {
    vitest ??= startVitest(root);
    return await runSpecs(await vitest, root, specRuns);
  } finally {
    restore();
  }
}
