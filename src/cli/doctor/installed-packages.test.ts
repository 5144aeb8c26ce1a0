import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type FixtureWorkshop, makeFixtureWorkshop } from '../../../test/learner/fixture-workshop.ts';
import { checkInstalledPackages } from './installed-packages.ts';

let workshop: FixtureWorkshop;
beforeEach(() => {
  workshop = makeFixtureWorkshop();
  return workshop.remove;
});

describe('packages', () => {
  const linux = { os: 'linux', cpu: 'x64', libc: 'glibc' };

  beforeEach(() => {
    const packages = {
      '': { version: '1.0.0' },
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/a/node_modules/@b/c': { version: '2.0.0' },
      'node_modules/binding-linux-gnu': {
        version: '1.0.0',
        optional: true,
        os: ['linux'],
        cpu: ['x64'],
        libc: ['glibc'],
      },
      'node_modules/binding-linux-musl': {
        version: '1.0.0',
        optional: true,
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
      },
      'node_modules/binding-darwin': { version: '1.0.0', optional: true, os: ['darwin'], cpu: ['arm64'] },
      'node_modules/runtime-of-a-binding': { version: '1.0.0', optional: true },
      'node_modules/part': { resolved: 'src/part', link: true },
      'src/part': { name: 'part', version: '1.2.3' },
    };
    workshop.write('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));
    install('zod', '4.6.7');
    install('a/node_modules/@b/c', '2.0.0');
    install('binding-linux-gnu', '1.0.0');
    install('part', '1.2.3');
  });

  const install = (name: string, version: string) =>
    workshop.write(`node_modules/${name}/package.json`, JSON.stringify({ version }));

  test('pass at their locked versions, without those for other machines', () => {
    expect(checkInstalledPackages(workshop.root, linux)).toMatchObject({
      verdict: 'ok',
      detail: '4, each at its locked version',
    });
  });

  test('of another version are reported', () => {
    install('a/node_modules/@b/c', '1.9.0');
    expect(checkInstalledPackages(workshop.root, linux)).toEqual({
      subject: 'Packages',
      verdict: 'wrong',
      detail: '@b/c is 1.9.0, not 2.0.0.',
      fix: 'npm ci --ignore-scripts',
    });
  });

  test.each([
    ['on this machine', { os: 'darwin', cpu: 'arm64' }, 'binding-darwin 1.0.0 is missing.'],
    ['with this C library', { ...linux, libc: 'musl' }, 'binding-linux-musl 1.0.0 is missing.'],
  ])('that are missing %s are named', (_where, platform, detail) => {
    expect(checkInstalledPackages(workshop.root, platform)).toMatchObject({ verdict: 'wrong', detail });
  });

  test('of this project count as missing without their link', () => {
    rmSync(join(workshop.root, 'node_modules/part'), { recursive: true });
    expect(checkInstalledPackages(workshop.root, linux).detail).toBe('part 1.2.3 is missing.');
  });

  test('that are incomplete count as missing', () => {
    workshop.write('node_modules/zod/package.json', '{"vers');
    expect(checkInstalledPackages(workshop.root, linux).detail).toBe('zod 4.6.7 is missing.');
  });
});
