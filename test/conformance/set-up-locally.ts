// Vitest's global set-up for `npm test`: the target is the local AWS, whatever the settings are.
import type { TestProject } from 'vitest/node';
import { readSettings } from '../../src/settings/settings.ts';
import { startSuite } from './suite.ts';

export default (project: TestProject) =>
  startSuite(project, { ...readSettings('no folder', {}), root: project.config.root });
