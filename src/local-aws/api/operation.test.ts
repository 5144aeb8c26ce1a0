import { describe, expect, test } from 'vitest';
import type { Permission } from '../authorization/permission.ts';
import type { Principal } from '../authorization/principal.ts';
import { AwsError } from './errors.ts';
import { structure, text } from './members.ts';
import { operationsOf } from './operation.ts';

const caller: Principal = {
  type: 'IAMUser',
  principalId: 'AIDAX',
  arn: 'arn:aws:iam::111122223333:user/x',
  accountId: '111122223333',
  userName: 'x',
};

/** An operation that notes which of its parts ran. Long and wet walls take it a while. */
function noting(steps: string[]) {
  return operationsOf<null>()({
    name: 'Paint',
    input: structure({ Wall: text({ min: 1 }) }),
    target(_service, input) {
      steps.push('target');
      if (input.Wall === 'none') throw new AwsError('NotFoundException', 'No such wall');
      return { arn: `wall/${input.Wall}` };
    },
    permissions(_input, target) {
      steps.push('permissions');
      return [{ action: 'test:Paint', resource: target, conditions: () => ({ 'test:Colour': 'red' }) }];
    },
    run(_service, input) {
      steps.push('run');
      if (input.Wall === 'cracked') throw new RangeError('a defect');
      if (input.Wall === 'wet') return Promise.reject(new AwsError('WetException', 'It rained'));
      if (input.Wall === 'long') return Promise.resolve({ Painted: input.Wall });
      return { Painted: input.Wall };
    },
    trail: {
      readOnly: false,
      requestParameters: (input) => ({ wall: input.Wall }),
      responseElements: (output) => ({ painted: output.Painted }),
      resources: (target) => [{ ARN: target.arn, type: 'Test::Wall' }],
    },
  });
}

describe('an operation', () => {
  test('is performed in order: target, permissions, run', () => {
    const steps: string[] = [];
    const asked: [Principal, Permission][] = [];
    const performed = noting(steps).perform(null, { Wall: 'north' }, caller, (...question) =>
      asked.push(question),
    );
    expect(steps).toEqual(['target', 'permissions', 'run']);
    expect(asked).toMatchObject([[caller, { action: 'test:Paint', resource: { arn: 'wall/north' } }]]);
    expect(asked[0]?.[1].conditions?.()).toEqual({ 'test:Colour': 'red' });
    expect(performed).toMatchObject({
      output: { Painted: 'north' },
      entry: {
        requestParameters: { wall: 'north' },
        responseElements: { painted: 'north' },
        resources: [{ ARN: 'wall/north', type: 'Test::Wall' }],
      },
    });
  });

  test('does not run without permission, and CloudTrail records the attempt', () => {
    const steps: string[] = [];
    const refusal = new AwsError('AccessDeniedException', 'No');
    const performed = noting(steps).perform(null, { Wall: 'north' }, caller, () => {
      throw refusal;
    });
    expect(steps).toEqual(['target', 'permissions']);
    expect(performed).toMatchObject({
      error: refusal,
      entry: {
        requestParameters: { wall: 'north' },
        responseElements: null,
        resources: [{ ARN: 'wall/north', type: 'Test::Wall' }],
      },
    });
    expect(performed).not.toHaveProperty('output');
    expect(noting([]).perform(null, { Wall: 'north' }, caller, () => {})).toHaveProperty('output');
  });

  test('asks for no permission on a missing resource', () => {
    const steps: string[] = [];
    const performed = noting(steps).perform(null, { Wall: 'none' }, caller, () => {});
    expect(steps).toEqual(['target']);
    expect(performed).toMatchObject({ error: { name: 'NotFoundException' }, entry: { resources: [] } });
  });

  test('does not run with an input that breaks its schema', () => {
    const steps: string[] = [];
    const performed = noting(steps).perform(null, { Wall: '' }, caller, () => {});
    expect(steps).toEqual([]);
    noting(steps).perform(null, { Wall: 'north' }, caller, () => {});
    expect(steps).toContain('run');
    expect(performed).toMatchObject({
      error: { name: 'ValidationException' },
      entry: { requestParameters: null, resources: [] },
    });
  });

  test('is recorded like any other when it is asynchronous, whether it succeeds or fails', async () => {
    expect(await noting([]).perform(null, { Wall: 'long' }, caller, () => {})).toMatchObject({
      output: { Painted: 'long' },
      entry: { responseElements: { painted: 'long' }, resources: [{ ARN: 'wall/long' }] },
    });
    const failed = await noting([]).perform(null, { Wall: 'wet' }, caller, () => {});
    expect(failed).toMatchObject({
      error: { name: 'WetException' },
      entry: { requestParameters: { wall: 'wet' }, responseElements: null },
    });
    expect(failed).not.toHaveProperty('defect');
  });

  test('hides a defect of its own from the caller', async () => {
    const performed = await noting([]).perform(null, { Wall: 'cracked' }, caller, () => {});
    expect(performed.error).toMatchObject({ name: 'InternalFailure', status: 500 });
    expect(performed.error?.message).not.toContain('a defect');
    expect(performed.defect).toEqual(new RangeError('a defect'));
  });
});
