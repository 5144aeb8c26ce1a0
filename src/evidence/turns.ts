import {
  CloudTrailClient,
  type CloudTrailClientConfig,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { type KMSClient, paginateListAliases } from '@aws-sdk/client-kms';

/** For an account and Region: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const lookUpsPerSecond = 2;

/** The share of the look-ups that is given out as turns: the others are for those that were refused. */
const plannedShare = 0.95;

/** The quiet period on AWS: everybody pauses for so long between two looks anyway. */
const pauseSeconds = 90;

/** "About 5 minutes", on average: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
const deliverySeconds = 5 * 60;

/**
 * Number of learners who share the account now. Each run has one or two aliases.
 *
 * @param aliasPrefix what the aliases of all runs begin with; the run's name follows, and what follows that begins with `_`
 */
export async function countLearners(kms: KMSClient, aliasPrefix: string): Promise<number> {
  const runs = new Set<string | undefined>();
  for await (const { Aliases = [] } of paginateListAliases({ client: kms, pageSize: 100 }, {})) {
    for (const { AliasName = '' } of Aliases) {
      if (AliasName.startsWith(aliasPrefix)) runs.add(AliasName.slice(aliasPrefix.length).split('_')[0]);
    }
  }
  return runs.size;
}

/**
 * A client of CloudTrail that repeats a refused look-up until it is answered: a learner who gives up has waited for nothing,
 * and starts again behind the others. As long as there are too many learners for each to look once in a pause, it takes
 * turns with the others. It looks once a round, in which CloudTrail can answer all of them, and not before there can be
 * something to see. Its turn is random; nobody has to know anybody else's.
 *
 * @param countLearners how many share the account: asked before each look
 */
export function patientCloudTrailClient(
  countLearners: () => Promise<number>,
  configuration: CloudTrailClientConfig = {},
): CloudTrailClient {
  const client = new CloudTrailClient({ ...configuration, maxAttempts: 50 });
  const firstRound = Date.now() + deliverySeconds * 1000;
  const place = Math.random();
  const takeTurn = async () => {
    for (;;) {
      const roundSeconds = (await countLearners()) / (lookUpsPerSecond * plannedShare);
      if (roundSeconds <= pauseSeconds) return;
      const wait = millisecondsToTurn(firstRound, place, roundSeconds * 1000);
      if (wait <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
      // There may be more learners by now.
    }
  };
  client.middlewareStack.add(
    (next) => async (request) => {
      const { NextToken } = request.input as LookupEventsCommandInput;
      // Further pages are part of the same look.
      if (!NextToken) await takeTurn();
      return next(request);
    },
    { name: 'take-turns', step: 'initialize' },
  );
  return client;
}

/** A turn that has just come is not over yet. */
const grace = 10_000;

/**
 * How long it is until the next turn.
 *
 * @param firstRound when it begins
 * @param place in a round: 0 at its beginning, 1 at its end
 * @param round its length, in milliseconds
 */
function millisecondsToTurn(firstRound: number, place: number, round: number): number {
  const firstTurn = firstRound + place * round;
  const roundsOver = Math.max(0, Math.ceil((Date.now() - grace - firstTurn) / round));
  return Math.ceil(firstTurn + roundsOver * round) - Date.now();
}
