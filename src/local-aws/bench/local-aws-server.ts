import { startLocalAws } from '../index.ts';
import { serveMeasurements } from './serve-measurements.ts';

const { endpoint, region, credentials } = await startLocalAws();
serveMeasurements({ endpoint, region, credentials });
