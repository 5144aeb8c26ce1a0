import { inspect } from 'node:util';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { withLocalAws } from './target.ts';
import './withhold-requests.ts';

test("leaves a request's headers out of what an error hands on", () =>
  withLocalAws({ credentials: temporaryCredentials() }, async () => {
    process.env.AWS_SESSION_TOKEN = temporaryCredentials().sessionToken;
    const error = await new KMSClient().send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch((e) => e);
    delete process.env.AWS_SESSION_TOKEN;

    // Everything that the error refers to has the headers, but what it hands on does not.
    const everything = inspect(error.$response, { depth: null, showHidden: true });
    expect(everything).toContain('of-the-session');
    expect(everything).toContain('Signature=');
    const handedOn = JSON.stringify(error);
    expect(handedOn).toContain('NotFoundException');
    expect(handedOn).not.toContain('of-the-session');
    expect(handedOn).not.toContain('Signature=');
  }));

function temporaryCredentials() {
  return { accessKeyId: 'ASIAEXAMPLEOFATEST00', secretAccessKey: 'a-secret', sessionToken: 'of-the-session' };
}
