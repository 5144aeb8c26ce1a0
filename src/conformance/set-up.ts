// Vitest's global set-up for `npm run conformance`: the target is the one of the settings.
import type { TestProject } from 'vitest/node';
import { readSettings } from '../settings.ts';
import { startSuite } from './suite.ts';

export default (project: TestProject) => startSuite(project, readSettings());
