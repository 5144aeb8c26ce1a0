import { expect, test } from 'vitest';
import { callLine } from './call-log.ts';

const answeredAt = new Date('2026-01-02T03:04:05.678Z');
const call = {
  service: 'kms',
  operation: 'GenerateDataKey',
  status: 200,
  requestId: '8c55f488-a9d7-46f1-94a5-f9a24dfe8b5b',
  durationMilliseconds: 1.2345,
};

test('a call that succeeded', () => {
  expect(callLine(call, answeredAt)).toBe(
    '2026-01-02T03:04:05.678Z kms:GenerateDataKey 200 8c55f488-a9d7-46f1-94a5-f9a24dfe8b5b 1.2ms',
  );
});

test('shows the error and the injected faults of a failed call', () => {
  expect(
    callLine(
      { ...call, status: 400, errorCode: 'ThrottlingException', faults: ['latency', 'throttle'] },
      answeredAt,
    ),
  ).toBe(
    '2026-01-02T03:04:05.678Z kms:GenerateDataKey 400 ThrottlingException faults=latency,throttle 8c55f488-a9d7-46f1-94a5-f9a24dfe8b5b 1.2ms',
  );
  expect(callLine({ ...call, status: 0, faults: ['reset'] }, answeredAt)).toContain(' reset faults=reset ');
});

test("every operation's name fits on one line, without control characters", () => {
  const line = callLine(
    { ...call, operation: `\n2026 kms:Decrypt 200\u001b[2J${'x'.repeat(1000)}` },
    answeredAt,
  );
  expect(line).toMatch(/^[\u0020-\u007e]+$/);
  expect(line.length).toBeLessThan(200);
  expect(callLine({ ...call, operation: '' }, answeredAt)).toContain(' kms:- 200 ');
});
