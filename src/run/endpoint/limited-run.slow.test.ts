import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { learnerEnvironment } from '../../../authoring/learner-environment.ts';
import { copyProject, type ProjectCopy } from '../../../authoring/project-copy.ts';
import { stepNames } from '../../steps/step-folders.ts';
import { type Need, readNeeds } from '../../steps/step-needs.ts';
import { needsOfCleanUp } from '../run-key.ts';
import { answersOfEmulators } from './testing/emulator-answers.ts';
import { type LimitedEndpoint, startLimitedEndpoint } from './testing/limited-endpoint.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const numberOfSteps = stepNames(repository).length;
const localStack = answersOfEmulators['LocalStack, a service that is not in it'];
const localKms = answersOfEmulators['Local KMS'];

let copy: ProjectCopy;
beforeAll(() => {
  copy = copyProject(repository);
});
afterAll(() => copy.remove());

let endpoint: LimitedEndpoint;
afterEach(() => endpoint.close());

/** Runs something of Node's at the endpoint; gives what it wrote. */
function run(...args: string[]): Promise<{ output: string; code: number | null }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: copy.root, env: { ...learnerEnvironment(), ...endpoint.environment, NO_COLOR: '1' } },
      (_error, stdout, stderr) => resolve({ output: stdout + stderr, code: child.exitCode }),
    );
  });
}

const runSolutions = () => run('node_modules/vitest/vitest.mjs', 'run', '--mode', 'solution');

/** The states of all keys, however they were made. */
async function keyStates(): Promise<(string | undefined)[]> {
  const kms = new KMSClient(endpoint.aws);
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  return Promise.all(
    Keys.map(async ({ KeyId }) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState),
  );
}

test('without CloudTrail and STS, all steps but step 4 run, and nothing is left', async () => {
  endpoint = await startLimitedEndpoint(
    (operation) => ({ LookupEvents: localKms, GetCallerIdentity: localStack })[operation],
  );

  const { output, code } = await runSolutions();

  expect(output).toContain(`
 ∅ This endpoint lacks some of what the workshop needs.

   cloudtrail:LookupEvents: 501 UnsupportedOperationException: This target is
     not implemented
     → step 4 is not possible here

   All steps are possible on the local AWS: unset WORKSHOP_TARGET.

`);
  expect(output).toMatch(/\n ∅ {2}4 {2}Audit with CloudTrail +not possible here\n/);
  expect(output.match(/^ ✔ .* done$/gm)).toHaveLength(numberOfSteps - 1);
  expect(output).toContain('  4 of 4 steps done, 1 not possible here\n');
  expect(output).toContain(` All ${numberOfSteps - 1} steps that are possible here are done.\n`);
  expect(code).toBe(0);
  expect(new Set(await keyStates())).toEqual(new Set(['PendingDeletion']));
  const kms = new KMSClient(endpoint.aws);
  const aliases = async () => {
    const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
    return Aliases.filter(({ TargetKeyId }) => TargetKeyId !== undefined);
  };
  expect(endpoint.asked).toContain('CreateAlias');
  expect(await aliases()).toEqual([]);

  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/left', TargetKeyId: KeyMetadata?.KeyId }));
  expect(await aliases()).toMatchObject([{ AliasName: 'alias/left' }]);

  const progress = await run('src/cli/start.js', 'progress');
  expect(progress.output).toMatch(/\n ∅ {2}4 {2}Audit with CloudTrail +not possible here\n/);
});

test("where a key's tags can't be read, the run's key has no alias, and is removed all the same", async () => {
  endpoint = await startLimitedEndpoint((operation) =>
    operation === 'ListResourceTags' ? localStack : undefined,
  );

  const { output, code } = await runSolutions();

  expect(output).toContain('     → steps 1 and 5 are not possible here\n');
  expect(output).toContain(` All ${numberOfSteps - 2} steps that are possible here are done.\n`);
  expect(code).toBe(0);
  expect(await keyStates()).toEqual(['PendingDeletion']);
  const [key] = (await new KMSClient(endpoint.aws).send(new ListKeysCommand({}))).Keys ?? [];
  const { Tags } = await new KMSClient(endpoint.aws).send(new ListResourceTagsCommand({ KeyId: key?.KeyId }));
  expect(Tags).toContainEqual({ TagKey: 'workshop', TagValue: 'data-key-caching' });
  expect(endpoint.asked.filter((operation) => operation === 'CreateKey')).toHaveLength(1);
  expect(existsSync(join(copy.root, 'output/encrypted_e_1.txt'))).toBe(false);
});

test('if no key can be created, the run says so and fails', async () => {
  endpoint = await startLimitedEndpoint((operation) => (operation === 'CreateKey' ? localStack : undefined));

  const { output, code } = await runSolutions();

  expect(output.replace(/\s+/g, ' ')).toContain(
    'The workshop could not start. No step is possible here, because no key can be created. This endpoint has no kms:CreateKey: ' +
      '501 InternalFailure: The service is not part of this edition Check AWS_ENDPOINT_URL and ' +
      'AWS_ENDPOINT_URL_KMS. Without WORKSHOP_TARGET, the workshop runs on the local AWS.',
  );
  expect(code).toBe(1);
  expect(await keyStates()).toEqual([]);
  await new KMSClient(endpoint.aws).send(new CreateKeyCommand({}));
  expect(await keyStates()).toEqual(['Enabled']);
});

test('if the clean-up fails at the end, the run says so and fails', async () => {
  const denied = {
    status: 400,
    type: 'application/json',
    body: '{"__type":"AccessDeniedException","message":"No"}',
  };
  // The first one is asked whether it is there, the others are asked to delete.
  const isLast = () => endpoint.asked.filter((operation) => operation === 'ScheduleKeyDeletion').length > 1;
  endpoint = await startLimitedEndpoint((operation) =>
    operation === 'ScheduleKeyDeletion' && isLast() ? denied : undefined,
  );

  const { output, code } = await run(
    'node_modules/vitest/vitest.mjs',
    'run',
    'workshop/02',
    '--mode',
    'solution',
  );

  expect(output).toContain('✔  2  Encrypt with a data key cache  done');
  expect(output).toMatch(/^ Not removed:\n alias\/kms_key_cse_usecase_3_\w+: AccessDeniedException: No$/m);
  expect(output).toContain('To remove what is left: npm run clean-up\n');
  const lineOfStack = '    at ';
  expect(new Error('planted').stack).toContain(lineOfStack);
  expect(output).not.toContain(lineOfStack);
  expect(code).toBe(1);
});

test('a step asks for what its needs.json names, and for nothing else', async () => {
  const ok = { status: 200, type: 'text/plain', body: '' };
  endpoint = await startLimitedEndpoint((operation) => (/^\d|^end$/.test(operation) ? ok : undefined));

  const askedBy = await askedByStep();

  expect([...askedBy.keys()]).toEqual(stepNames(copy.root));
  for (const [step, asked] of askedBy) {
    const needs = readNeeds(copy.root, step);
    const operations = needs.map((need) => need.split(':')[1]);
    // Every step looks for the key of the first one, if that passed; step 4 counts the learners of the account, if it can.
    const optional = ['DescribeKey', 'ListAliases'];
    const unknown = [...asked].filter((operation) => ![...operations, ...optional].includes(operation));
    expect(unknown, `${step} asks for what its needs.json does not name.`).toEqual([]);
    // What only set-up and clean-up ask for is needed as well.
    const ofRun: Need[] = ['kms:CreateKey', ...needsOfCleanUp];
    const ofStep = needs.filter((need) => !ofRun.includes(need));
    const idle = ofStep.filter((need) => !asked.has(need.split(':')[1] ?? ''));
    expect(idle, `${step} does not ask for what its needs.json names.`).toEqual([]);
    if (asked.has('CreateKey')) expect(needs, step).toEqual(expect.arrayContaining(ofRun));
  }
});

/** A set-up file of Vitest that tells the endpoint where a step begins, and where it ends. */
const tellSteps = `
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';

const endpoint = process.env.AWS_ENDPOINT_URL;
const tell = (operation) => fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': 'Steps.' + operation } });
beforeAll(() => tell(basename(dirname(expect.getState().testPath))));
afterAll(() => tell('end'));
`;

/** Runs the solutions; gives the operations that each step asked for. */
async function askedByStep(): Promise<Map<string, Set<string>>> {
  const config = join(copy.root, 'vitest.config.ts');
  writeFileSync(join(copy.root, 'tell-steps.js'), tellSteps);
  writeFileSync(config, readFileSync(config, 'utf8').replace('setupFiles: [', "$&'tell-steps.js', "));
  expect(await runSolutions()).toMatchObject({ code: 0 });

  const asked = new Map<string, Set<string>>();
  let ofStep: Set<string> | undefined;
  for (const operation of endpoint.asked) {
    if (operation === 'end') ofStep = undefined;
    else if (!/^\d/.test(operation)) ofStep?.add(operation);
    else {
      ofStep = new Set();
      asked.set(operation, ofStep);
    }
  }
  return asked;
}
