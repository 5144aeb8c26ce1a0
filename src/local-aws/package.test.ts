import { execFileSync, execSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const repositoryPackages = join(here, '../../node_modules');
const folder = mkdtempSync(join(tmpdir(), 'local-kms-cloudtrail-'));
const project = join(folder, 'project');
const installed = join(project, 'node_modules/local-kms-cloudtrail');

beforeAll(() => {
  // Packed in a copy, because other tests read the folder meanwhile.
  const copy = join(folder, 'src/local-aws');
  cpSync(here, copy, { recursive: true });
  symlinkSync(repositoryPackages, join(folder, 'node_modules'), 'junction');
  execSync(`npm pack --silent --pack-destination "${folder}"`, { cwd: copy });
  expect(readdirSync(copy)).not.toContain('dist');

  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  execSync(`npm install --offline --no-audit --no-fund "${join(folder, tarball)}"`, { cwd: project });
  // What the package doesn't need is here for the programs that use it.
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'local-kms-cloudtrail',
  ]);
  for (const name of ['@aws-sdk', 'vitest']) {
    symlinkSync(join(repositoryPackages, name), join(project, 'node_modules', name), 'junction');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

/** Runs a module of the project in which the package is installed, and returns what it printed. */
function run(file: string, source: string): string {
  writeFileSync(join(project, file), source);
  return execFileSync(process.execPath, [file], { cwd: project, encoding: 'utf8' });
}

test('the package has its code, its types and what its users read, and nothing of the workshop', () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(installed.length + 1)
        .split(sep)
        .join('/'),
    );

  expect(files.filter((file) => !/^dist\/[\w-]+\.mjs$/.test(file)).sort()).toEqual([
    'LICENSE',
    'README.md',
    'authorization/README.md',
    'dist/authorization/policy-document.d.ts',
    'dist/clock.d.ts',
    'dist/faults/read-faults.d.ts',
    'dist/faults/rules.d.ts',
    'dist/index.d.ts',
    'dist/licenses-of-bundled-packages.md',
    'dist/options.d.ts',
    'faults/README.md',
    'package.json',
    'persistence/README.md',
  ]);
  const namesWorkshop = (file: string) => /workshop/i.test(readFileSync(join(installed, file), 'utf8'));
  // The licence names who holds the copyright.
  expect(files.filter(namesWorkshop)).toEqual(['LICENSE']);
});

test('its licence is that of the project', () => {
  expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(
    readFileSync(join(here, '../../LICENSE'), 'utf8'),
  );
});

test('the command starts by its name', async () => {
  const { version, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const command = 'npx --offline local-kms-cloudtrail --version';
  expect(execSync(command, { cwd: project, encoding: 'utf8' }).trim()).toBe(version);

  const [program] = Object.values<string>(typeof bin === 'string' ? { bin } : bin);
  const server = spawn(process.execPath, [join(installed, program ?? ''), '--port', '0']);
  try {
    let printed = '';
    for await (const chunk of server.stdout) {
      printed += chunk;
      if (printed.includes('AWS_SECRET_ACCESS_KEY')) break;
    }
    expect(printed).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+\n/);
  } finally {
    server.kill();
  }
});

const program = `
const aws = await startLocalAws({ clock: new ManualClock(), faults: await readFaults('[{"fault":"throttle"}]') });
const { status } = await fetch(aws.endpoint, { method: 'POST' });
await aws.close();
console.log(status);
`;

test('JavaScript imports it', () => {
  const names = "import { ManualClock, readFaults, startLocalAws } from 'local-kms-cloudtrail';";
  expect(run('program.mjs', `${names}${program}`)).toMatch(/^4\d\d\n$/);
});

test('CommonJS requires it', () => {
  const names = "const { ManualClock, readFaults, startLocalAws } = require('local-kms-cloudtrail');";
  expect(run('program.cjs', `${names}(async () => {${program}})();`)).toMatch(/^4\d\d\n$/);
});

const typed = `
import { type Clock, type LocalAws, type LocalAwsOptions, ManualClock, startLocalAws } from 'local-kms-cloudtrail';
const clock: Clock = new ManualClock();
const options: LocalAwsOptions = { clock, faults: [{ fault: 'throttle', operation: 'Decrypt' }], keys: [{ keyId: '' }] };
export const aws: LocalAws = await startLocalAws(options);
export const secret: string = aws.credentials.secretAccessKey;
`;

test.each(['nodenext', 'bundler'])('TypeScript finds its types with moduleResolution %s', (resolution) => {
  const check = (source: string) => {
    writeFileSync(join(project, 'typed.ts'), source);
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const compiler = join(repositoryPackages, 'typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--types', '', '--lib', 'es2023'];
    try {
      execFileSync(
        process.execPath,
        [compiler, ...options, '--module', module, '--moduleResolution', resolution, 'typed.ts'],
        { cwd: project, encoding: 'utf8' },
      );
      return '';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  expect(check(typed)).toBe('');
  expect(check(typed.replace("'throttle'", "'hail'"))).toContain('"hail"');
});

/** The examples of the README, by the name in their first line. */
function example(file: string): string {
  const readme = readFileSync(join(installed, 'README.md'), 'utf8');
  const code = [...readme.matchAll(/```\w+\n(.*?)```/gs)].map(([, code = '']) => code);
  return code.find((each) => each.startsWith(`// ${file}\n`)) ?? `No example ${file} in the README`;
}

test.each([
  ['vitest.test.js', [join(repositoryPackages, 'vitest/vitest.mjs'), 'run']],
  ['node.test.js', ['--test']],
])('the example %s in the README passes, and notices a wrong plaintext', (file, command) => {
  const passes = (source: string) => {
    writeFileSync(join(project, file), source);
    const env = { ...process.env, VITEST: undefined, NODE_TEST_CONTEXT: undefined };
    try {
      execFileSync(process.execPath, [...command, file], {
        cwd: project,
        env,
        stdio: 'pipe',
        timeout: 30_000,
      });
      return true;
    } catch {
      return false;
    }
  };

  const source = example(file);
  expect(passes(source)).toBe(true);
  expect(passes(source.replace("'attack at dawn'", "'attack at noon'"))).toBe(false);
});
