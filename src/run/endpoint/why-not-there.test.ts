import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { answersOfEmulators, answersThatTellNothing } from './testing/emulator-answers.ts';
import { type RawAnswer, startLimitedEndpoint } from './testing/limited-endpoint.ts';
import { whyNotThere } from './why-not-there.ts';

// STS speaks XML; what KMS and CloudTrail say is in ask-endpoint.test.ts.
async function errorOfSts(answer: RawAnswer | undefined): Promise<unknown> {
  const { url, aws, close } = await startLimitedEndpoint(() => answer);
  const { region, credentials } = aws;
  const sts = new STSClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  try {
    return await sts.send(new GetCallerIdentityCommand()).catch((error: unknown) => error);
  } finally {
    sts.destroy();
    await close();
  }
}

test.each([
  'LocalStack, a service that is not in it',
  'Local KMS',
  'Local KMS before version 4',
  'Local KMS, for a service that sends forms',
  'Moto, no service',
  'a web server',
])('STS is not there, as %s answers', async (who) => {
  expect(whyNotThere(await errorOfSts(answersOfEmulators[who]))).toMatch(/^\d{3}[ ,]/);
});

test("an answer of something else than the service is not reported in the SDK's words", async () => {
  const why = whyNotThere(await errorOfSts(answersOfEmulators['Local KMS']));

  expect(why).toBe("501, with an answer that is none of AWS's");
});

test.each(['overloaded', 'access denied'])('STS may exist if the answer is %s', async (what) => {
  const answer = { ...answersThatTellNothing[what], type: 'text/xml' } as RawAnswer;
  const code = what === 'overloaded' ? 'ServiceUnavailable' : 'AccessDenied';
  const body = `<ErrorResponse><Error><Code>${code}</Code><Message>No</Message></Error></ErrorResponse>`;

  const error = await errorOfSts({ ...answer, body });
  expect(error).toMatchObject({ name: code });
  expect(whyNotThere(error)).toBeUndefined();
});
