import { stepsInWords } from '../../report/render-lacks.ts';
import { readStepFolders } from '../../steps/step-folders.ts';
import { readNeeds } from '../../steps/step-needs.ts';
import type { Finding } from './finding.ts';

/** Says of what an endpoint doesn't have which steps are not possible without it. Other findings stay as they are. */
export function nameSteps(root: string, finding: Finding): Finding {
  if (finding.verdict !== 'not there') return finding;
  const steps = readStepFolders(root)
    .filter(({ name }) => readNeeds(root, name).some((need) => need === finding.subject))
    .map(({ number }) => number);
  const fix =
    steps.length > 0
      ? `${stepsInWords(steps)} not possible here; all are on the local AWS: unset WORKSHOP_TARGET.`
      : 'No step needs it.';
  return { ...finding, fix };
}
