import { structure } from '../api/members.ts';
import { operationsOf } from '../api/operation.ts';

/** Says whose credentials the request was signed with. Needs no permission, on AWS as here. */
export const getCallerIdentity = operationsOf<null>()({
  name: 'GetCallerIdentity',
  input: structure({}),
  target: () => null,
  permissions: () => [],
  run: (_service, _input, _target, caller) => ({
    Arn: caller.arn,
    UserId: caller.principalId,
    Account: caller.accountId,
  }),
  trail: { readOnly: true },
});
