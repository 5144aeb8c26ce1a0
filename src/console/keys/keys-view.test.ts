import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, onTestFinished, test } from 'vitest';
import { withLocalClients } from '../../evidence/local-clients.ts';
import { allowing, startShared } from '../../local-aws/testing/principals-under-test.ts';
import { LearnerError } from '../../text/learner-error.ts';
import { startConsoleUnderTest } from '../testing/console-under-test.ts';

async function openConsole(kms: () => Promise<KMSClient>) {
  const site = await startConsoleUnderTest({ kms, cloudTrail: () => Promise.reject(new Error('not asked')) });
  onTestFinished(site.close);
  return site;
}

test('a key has a page, and another id has none', () =>
  withLocalClients({}, async ({ kms }) => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: '<b>mine</b>' }));
    const site = await openConsole(async () => kms);

    const { status, body } = await site.ask(`/keys/${KeyMetadata?.KeyId}`);
    expect(status).toBe(200);
    expect(body).toContain('&lt;b&gt;mine&lt;/b&gt;');
    expect((await site.ask('/keys/00000000-0000-0000-0000-000000000000')).status).toBe(404);
    expect((await site.ask('/keys/..%2falias')).status).toBe(404);
  }));

test('what the credentials may not ask is said in one sentence, and the rest is shown', async () => {
  const few = allowing(['kms:ListKeys', 'kms:DescribeKey']);
  const shared = await startShared([{ userName: 'few', policies: [few] }]);
  const { id } = await shared.newKey();
  const missing = 'kms:GetKeyRotationStatus, kms:ListAliases, and kms:ListResourceTags';

  const site = await openConsole(async () => shared.as('few').kms);
  const { body } = await site.ask('/keys');
  expect(body).toContain(`Some things can’t be shown: these credentials may not call ${missing}.`);
  expect(body).toContain(id);
  expect(body).toContain('>Alias unknown<');
  const [whole, page] = await Promise.all([
    (await openConsole(async () => shared.kms)).ask('/keys'),
    site.ask(`/keys/${id}`),
  ]);
  expect(whole.body).toContain('>No alias<');
  expect(whole.body).not.toContain('can’t be shown');
  expect(page.body).toMatch(/Aliases<.*?>unknown</s);
});

test('an account that does not answer is said in a sentence, without what was asked', async () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const kms = new KMSClient({
    ...{ credentials, endpoint: 'http://127.0.0.1:9', region: 'eu-test-1', maxAttempts: 1 },
  });
  const site = await openConsole(async () => kms);

  const { body } = await site.ask('/keys');
  expect(body).toContain('KMS gave no answer (Error). To find the cause: npm run doctor');
  expect(body).not.toMatch(/127.0.0.1:9|AKIA|secret/);
});

test('the sentence of an account that may not be asked is shown', async () => {
  const site = await openConsole(() =>
    Promise.reject(new LearnerError('The account 111122223333 is not allowed.')),
  );

  for (const path of ['/keys', '/keys/1234abcd'])
    expect((await site.ask(path)).body).toContain('The account 111122223333 is not allowed.');
});
