import { DescribeKeyCommand, UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms';
import { expect } from 'vitest';
import { test } from '../../testing/local-aws-under-test.ts';

test.for(['of the workshop', '', 'ü'.repeat(8192)])(
  'the description becomes %j',
  async (Description, { local }) => {
    const { id, arn } = await local.newKey();
    await local.kms.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description }));
    const { KeyMetadata } = await local.kms.send(new DescribeKeyCommand({ KeyId: id }));
    expect(KeyMetadata?.Description).toBe(Description);
    const [, record] = await local.deliveredEvents();
    expect(record).toMatchObject({
      eventName: 'UpdateKeyDescription',
      readOnly: false,
      requestParameters: { keyId: id, description: Description },
      responseElements: { keyId: arn },
    });
  },
);
