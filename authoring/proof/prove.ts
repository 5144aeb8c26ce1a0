import { fileURLToPath } from 'node:url';
import { requireSteps, stepByName } from '../../src/cli/step-by-name.ts';
import { LearnerError } from '../../src/text/learner-error.ts';
import { copyProject } from '../project-copy.ts';
import { describeCoverage } from './coverage.ts';
import { proveSteps } from './proof.ts';
import { Prover } from './prover.ts';
import { readStep } from './step-files.ts';

// `npm run prove` proves all steps, `npm run prove -- 3` step 3 alone. The tests prove the same, in proof.test.ts.

const root = fileURLToPath(new URL('../..', import.meta.url));

try {
  const steps = requireSteps(root);
  const typed = process.argv.slice(2);
  const names = (typed.length > 0 ? typed.map((each) => stepByName(steps, each)) : steps).map(
    ({ name }) => name,
  );
  const complaints = await complaintsOf(names);
  console.log(complaints.length > 0 ? complaints.map((each) => `✘ ${each}\n`).join('\n') : '✔ Proved.\n');
  console.log(describeCoverage(names.map((name) => readStep(root, name))));
  if (complaints.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof LearnerError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function complaintsOf(names: string[]): Promise<string[]> {
  const copy = copyProject(root);
  const prover = new Prover(copy.root);
  try {
    const proofs = await proveSteps(prover, copy.root, names);
    return proofs.flatMap((proof) => Object.values(proof).flat());
  } finally {
    await prover.close();
    copy.remove();
  }
}
