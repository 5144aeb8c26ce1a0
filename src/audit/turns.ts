import {
  CloudTrailClient,
  type CloudTrailClientConfig,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';

/** For an account and Region: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const lookUpsPerSecond = 2;

/** The share of the look-ups that is given out as turns: the others are for those that were refused. */
const plannedShare = 0.95;

/** "About 5 minutes", on average: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
const deliverySeconds = 5 * 60;

/**
 * A client of CloudTrail that doesn't give up when a look-up is refused, and that takes turns with the others in the
 * account.
 *
 * @param learners how many share the account
 */
export function patientCloudTrailClient(
  learners: number,
  configuration: CloudTrailClientConfig = {},
): CloudTrailClient {
  const client = new CloudTrailClient({ ...configuration, maxAttempts: 50 });
  if (learners > 1) takeTurns(client, learners);
  return client;
}

/**
 * Lets a client look only when it is its turn: once in the time that CloudTrail takes to answer everybody, and not
 * before there can be something to see. Whoever looks more often takes look-ups away from the others, and sees no more.
 * The turn is by chance: nobody has to know of anybody else.
 */
function takeTurns(client: CloudTrailClient, learners: number): void {
  const round = (learners / (lookUpsPerSecond * plannedShare)) * 1000;
  let turn = Date.now() + deliverySeconds * 1000 + Math.random() * round;
  client.middlewareStack.add(
    (next) => async (request) => {
      const { NextToken } = request.input as LookupEventsCommandInput;
      // Further pages are part of the same look.
      if (!NextToken) {
        while (turn < Date.now()) turn += round;
        await new Promise((resolve) => setTimeout(resolve, turn - Date.now()));
      }
      return next(request);
    },
    { name: 'take-turns', step: 'initialize' },
  );
}
