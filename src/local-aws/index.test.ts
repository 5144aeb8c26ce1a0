import { createServer } from 'node:http';
import { GenerateDataKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { type AnsweredCallInfo, startLocalAws } from './index.ts';

const clientFor = (aws: Awaited<ReturnType<typeof startLocalAws>>) =>
  new KMSClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, maxAttempts: 1 });

describe('startLocalAws', () => {
  test("listens on loopback and makes new credentials, in AWS's format, each time", async () => {
    const [one, other] = await Promise.all([startLocalAws(), startLocalAws()]);
    expect(one.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.endpoint).not.toBe(other.endpoint);
    expect(one).toMatchObject({ region: 'us-east-1', accountId: '111122223333' });
    expect(one.credentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(one.credentials.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(one.credentials).not.toEqual(other.credentials);
    await Promise.all([one.close(), other.close()]);
  });

  test('accepts Region, account and credentials', async () => {
    const credentials = { accessKeyId: 'AKIAMINE', secretAccessKey: 'mine' };
    const aws = await startLocalAws({ region: 'eu-central-1', accountId: '444455556666', credentials });
    const sts = new STSClient({ endpoint: aws.endpoint, region: aws.region, credentials });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '444455556666',
      Arn: 'arn:aws:iam::444455556666:user/administrator',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    });
    await aws.close();
  });

  test.each([
    [{ accountId: '123' }, "The account id is '123'; it has to be twelve digits. Correct accountId."],
    [
      { region: 'mars' },
      "The Region is 'mars'; it has to be the name of a Region, such as us-east-1. Correct region.",
    ],
  ])('refuses %o', async (options, message) => {
    await expect(startLocalAws(options)).rejects.toThrow(message);
  });

  test('reports a port in use', async () => {
    const aws = await startLocalAws();
    const port = Number(new URL(aws.endpoint).port);
    await expect(startLocalAws({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await aws.close();
  });

  test('two of them share nothing', async () => {
    const [one, other] = await Promise.all([startLocalAws(), startLocalAws()]);
    await expect(
      clientFor({ ...other, credentials: one.credentials }).send(new ListKeysCommand({})),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await Promise.all([one.close(), other.close()]);
  });
});

describe('close', () => {
  test('cuts idle and busy connections, and frees the port', async () => {
    const aws = await startLocalAws();
    await clientFor(aws).send(new ListKeysCommand({}));
    const halfSent = fetch(aws.endpoint, { method: 'POST', duplex: 'half', body: endless() } as RequestInit);
    const failed = halfSent.then(
      () => 'answered',
      () => 'cut',
    );
    await aws.close();
    expect(await failed).toBe('cut');
    const port = Number(new URL(aws.endpoint).port);
    const successor = createServer();
    await new Promise<void>((resolve, reject) => {
      successor.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => successor.close(resolve));
  });
});

/** A body of which a byte is there, and the rest never comes. */
const endless = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });

describe('onCall', () => {
  test('receives each call, but never its content', async () => {
    const calls: AnsweredCallInfo[] = [];
    const aws = await startLocalAws({ onCall: (call) => calls.push(call) });
    const { $metadata } = await clientFor(aws).send(new ListKeysCommand({}));
    await clientFor(aws)
      .send(new GenerateDataKeyCommand({ KeyId: 'secret-name', KeySpec: 'AES_256' }))
      .catch(() => {});
    expect(calls).toEqual([
      {
        service: 'kms',
        operation: 'ListKeys',
        status: 200,
        requestId: $metadata.requestId,
        durationMilliseconds: expect.any(Number),
      },
      {
        service: 'kms',
        operation: 'GenerateDataKey',
        status: 400,
        errorCode: 'NotFoundException',
        requestId: expect.any(String),
        durationMilliseconds: expect.any(Number),
      },
    ]);
    await aws.close();
  });

  test('receives the details of a defect, which the caller does not', async () => {
    const calls: AnsweredCallInfo[] = [];
    let broken = false;
    const clock = {
      now() {
        if (broken) throw new RangeError('the clock broke');
        return Date.now();
      },
    };
    const aws = await startLocalAws({ clock, onCall: (call) => calls.push(call) });
    broken = true;
    await expect(clientFor(aws).send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: 'InternalFailure',
      message: 'The request processing has failed because of an unknown error, exception or failure.',
      $metadata: { httpStatusCode: 500 },
    });
    broken = false;
    await expect(clientFor(aws).send(new ListKeysCommand({}))).resolves.toMatchObject({ Keys: [] });
    expect(calls[0]).toMatchObject({
      errorCode: 'InternalFailure',
      defect: new RangeError('the clock broke'),
    });
    await aws.close();
  });
});
