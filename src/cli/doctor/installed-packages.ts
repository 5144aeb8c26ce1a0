import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Finding, ok, wrong } from './finding.ts';

const names = z.array(z.string()).optional();

const lockedPackageSchema = z.object({
  version: z.string().optional(),
  /** Of a link: the folder of the package, which has an entry of its own. */
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  optional: z.boolean().optional(),
  os: names,
  cpu: names,
  libc: names,
});

/** npm's package-lock.json, version 3, as npm's documentation describes it. */
const lockSchema = z.object({ packages: z.record(z.string(), lockedPackageSchema) });

type LockedPackage = z.infer<typeof lockedPackageSchema>;

/** The kind of machine that packages are built for, in npm's words. */
export interface Platform {
  os: string;
  cpu: string;
  /** `glibc` or `musl`; only Linux has one. */
  libc?: string;
}

/** The machine that this runs on. */
export function thisPlatform(): Platform {
  return { os: process.platform, cpu: process.arch, ...(process.platform === 'linux' && { libc: libc() }) };
}

/** Holds each package in node_modules against the version that package-lock.json names. */
export function checkInstalledPackages(root: string, platform: Platform): Finding {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const needed = Object.entries(lock.packages).filter(
    ([path, locked]) => path.includes('node_modules/') && isNeeded(locked, platform),
  );
  const faults = needed.flatMap(([path, locked]) => {
    const { version } = (locked.link && lock.packages[locked.resolved ?? '']) || locked;
    const installed = installedVersion(join(root, path));
    if (installed === version) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [installed ? `${name} is ${installed}, not ${version}` : `${name} ${version} is missing`];
  });
  if (faults.length === 0) return ok('Packages', `${needed.length}, each at its locked version`);
  const more = faults.length > 3 ? `, and ${faults.length - 3} more` : '';
  return wrong('Packages', `${faults.slice(0, 3).join('; ')}${more}.`, 'npm ci --ignore-scripts');
}

/** An optional package is needed when it was built for this very platform. */
function isNeeded({ optional, os, cpu, libc }: LockedPackage, platform: Platform): boolean {
  if (!optional) return true;
  const fits = (allowed: string[] | undefined, own: string | undefined) =>
    !allowed || (own !== undefined && allowed.includes(own));
  return os !== undefined && fits(os, platform.os) && fits(cpu, platform.cpu) && fits(libc, platform.libc);
}

function installedVersion(folder: string): string | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } catch (error) {
    // One that can't be read, such as one of another user's, is missing for Node.js too.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code) return undefined;
    throw error;
  }
}

/** Node's report names the version of glibc, if it is what Node is linked with. */
function libc(): string {
  // Without this the report looks up names of hosts.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ? 'glibc' : 'musl';
}
