import { beforeEach, expect, test } from 'vitest';
import { enterInLedger } from './ledger.ts';
import { filesOfLivingRuns, requireNameOfItsOwn } from './living-runs.ts';
import { newRun, nobody, useNewFolder } from './testing/ledger-folder.ts';

beforeEach(useNewFolder);

test('a run is refused while another one of its name is alive in the same place', () => {
  const run = newRun('ada');
  requireNameOfItsOwn(run);
  enterInLedger(run, run.aliasName, [], nobody);
  requireNameOfItsOwn(run);
  enterInLedger({ ...run, region: 'us-west-2' }, run.aliasName, [], process.pid);
  requireNameOfItsOwn(run);
  enterInLedger(run, run.aliasName, [], process.pid);

  expect(() => requireNameOfItsOwn(run)).toThrow(
    `WORKSHOP_RUN is "ada", and a run of that name is still at work, as process ${process.pid}. ` +
      'End that one first, or set another WORKSHOP_RUN for this one.',
  );
});

test('the files in use are those of the runs that are alive', () => {
  enterInLedger(newRun('dead'), 'alias/dead', ['of-the-dead'], nobody);
  enterInLedger(newRun('ada'), 'alias/ada', ['of-ada'], process.pid);
  enterInLedger(newRun('bob'), 'alias/bob', ['of-bob'], process.pid);

  expect(filesOfLivingRuns()).toEqual(new Set(['of-ada', 'of-bob']));
  expect(filesOfLivingRuns('bob')).toEqual(new Set(['of-ada']));
});
