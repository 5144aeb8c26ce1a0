import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';

/** An answer as it came over the wire, before the SDK took from it what it knows. */
export interface RecordedAnswer {
  readonly operation: string;
  readonly body: unknown;
}

/** A KMS client that keeps the body of each answer. */
export function recordingClient(settings: KMSClientConfig): { kms: KMSClient; answers: RecordedAnswer[] } {
  const answers: RecordedAnswer[] = [];
  const kms = new KMSClient(settings);
  const { requestHandler } = kms.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const result = await handle(request, options);
    const chunks: Buffer[] = [];
    for await (const chunk of result.response.body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const operation = request.headers['x-amz-target']?.replace('TrentService.', '') ?? '';
    answers.push({ operation, body: JSON.parse(bytes.toString('utf8')) });
    result.response.body = new Uint8Array(bytes);
    return result;
  };
  return { kms, answers };
}
