import { describePlace } from '../../run/account/describe-caller.ts';
import { readSettings, type Settings, SettingsError } from '../../settings/settings.ts';
import { describeRun } from '../../state/run.ts';
import { stateFolder } from '../../state/state-folder.ts';
import { checkFileWatching } from './file-watching.ts';
import { type Finding, notChecked, ok, wrong } from './finding.ts';
import { checkInstalledPackages, thisPlatform } from './installed-packages.ts';
import { checkLocalPort } from './local-port.ts';
import { checkNodeVersion } from './node-version.ts';
import { checkOutputFolder } from './output-folder.ts';
import { checkStateFolder } from './state-folder.ts';
import { nameSteps } from './steps-not-possible.ts';

// Modules that need the AWS SDK are loaded late: the installed packages may be the problem.

/**
 * Looks at everything that the workshop needs, one thing after the other.
 *
 * @param withKey makes a key for a moment where AWS is not ours, to prove each permission
 */
export async function* examine(root: string, withKey: boolean): AsyncGenerator<Finding> {
  yield checkNodeVersion(root, process.versions.node);
  const packages = checkInstalledPackages(root, thisPlatform());
  yield packages;
  const { settings, finding } = checkSettings(root);
  yield finding;
  const state = checkStateFolder(root);
  yield state;
  if (state.verdict !== 'ok') yield notChecked('File watching', `${stateFolder} can't be written`);
  else yield await checkFileWatching(root, settings?.environment ?? {});
  if (!settings) {
    yield notChecked('AWS', 'the settings are wrong');
    return;
  }
  yield checkOutputFolder(root, settings.outputFolder);
  const port = await checkLocalPort(settings.target === 'local' ? settings.localPort : 0);
  yield port;
  if (packages.verdict !== 'ok') yield notChecked('AWS', 'packages are missing');
  else if (settings.target !== 'local') yield* examineAws(root, settings, withKey);
  else if (port.verdict !== 'ok') yield notChecked('Local AWS', 'it has no port');
  else yield await (await import('./local-round-trip.ts')).checkLocalRoundTrip(settings);
}

function checkSettings(root: string): { settings?: Settings; finding: Finding } {
  try {
    const settings = readSettings(root);
    const where =
      settings.target === 'local' ? 'the local AWS' : `${settings.target} in ${describePlace(settings)}`;
    return { settings, finding: ok('Settings', `the target is ${where}`) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return {
      finding: wrong('Settings', error.message, 'Correct them in .env, or in the shell, which wins.'),
    };
  }
}

async function* examineAws(root: string, settings: Settings, withKey: boolean): AsyncGenerator<Finding> {
  const { startTarget, useEnvironment } = await import('../../run/target.ts');
  const { examineCaller } = await import('./caller-identity.ts');
  const { askPermissions, provePermissions } = await import('./permissions.ts');
  const target = await startTarget(settings);
  const restore = useEnvironment(target.environment);
  try {
    const caller = await examineCaller(settings);
    yield* caller.findings;
    if (!caller.arn) {
      yield notChecked('Permissions', caller.isReachable ? 'not with these credentials' : 'nobody answers');
      return;
    }
    const name = `doctor-${settings.run}`.slice(0, 32);
    const run = { ...describeRun({ ...settings, run: name }), account: caller.account };
    const findings = withKey ? provePermissions(run, caller.arn) : askPermissions(run, caller.arn);
    for await (const finding of findings) yield nameSteps(root, finding);
    if (!withKey)
      yield notChecked(
        'With a key',
        'to be sure, run npm run doctor -- --with-key: it creates one and schedules its deletion',
      );
  } finally {
    restore();
    await target.close();
  }
}
