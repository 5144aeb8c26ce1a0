import { inspect } from 'node:util';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { withLocalAws } from '../target.ts';
import './withhold-requests.ts';

test("leaves a request's headers out of what an error hands on", () =>
  withLocalAws({ credentials: temporaryCredentials() }, async () => {
    process.env.AWS_SESSION_TOKEN = temporaryCredentials().sessionToken;
    const error = await new KMSClient().send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch((e) => e);
    delete process.env.AWS_SESSION_TOKEN;

    // It is there, for whoever looks at everything …
    expect(inspect(error.$response, { depth: null, showHidden: true })).toContain('of-the-session');
    // … but not in what is handed on.
    const handedOn = JSON.stringify(error);
    expect(handedOn).toContain('NotFoundException');
    expect(handedOn).not.toContain('of-the-session');
    expect(handedOn).not.toContain('Signature=');
  }));

function temporaryCredentials() {
  return { accessKeyId: 'ASIAEXAMPLEOFATEST00', secretAccessKey: 'a-secret', sessionToken: 'of-the-session' };
}
