import { GenerateRandomCommand } from '@aws-sdk/client-kms';
import { expect } from 'vitest';
import { test } from '../../testing/local-aws-under-test.ts';

test.for([1, 44, 1024])('%i bytes, others each time', async (NumberOfBytes, { local }) => {
  const generate = () => local.kms.send(new GenerateRandomCommand({ NumberOfBytes }));
  const [one, other] = [await generate(), await generate()];
  expect(one.Plaintext).toHaveLength(NumberOfBytes);
  if (NumberOfBytes > 8) expect(one.Plaintext).not.toEqual(other.Plaintext);
});

test('its record has neither parameters nor resources', async ({ local }) => {
  await local.kms.send(new GenerateRandomCommand({ NumberOfBytes: 32 }));
  const [record] = await local.deliveredEvents();
  // As in the KMS developer guide, ct-generaterandom.html.
  expect(record).toMatchObject({
    eventName: 'GenerateRandom',
    readOnly: true,
    requestParameters: null,
    responseElements: null,
  });
});
