/** An error that the AWS SDK throws for an unexpected answer, or for none. */
type SdkError = Error & {
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number };
};

/**
 * As services, frameworks and emulators name an operation that they don't know. `UnsupportedOperationException` is not one
 * of them: KMS says it of what can't be done with a key (API_CreateKey.html#API_CreateKey_Errors).
 */
const namesOfUnknown = /^UnknownOperation|^InvalidAction|^NotImplemented/;

/** As they say it: LocalStack, Moto and Local KMS do, each in its own way. */
const wordsOfUnknown =
  /not (yet )?(been )?(implemented|emulated|supported|enabled)|unknown (operation|action)|not included in your/i;

/** Errors that prove the operation exists. */
const refusals = /AccessDenied|Throttl|TooManyRequests|LimitExceeded|SlowDown|Token|Signature|Credentials/;

/** Of a gateway, which mostly has a page of its own for it. */
const unavailable = new Set([502, 503, 504]);

/**
 * Tells whether an error says that an operation doesn't exist where it was asked for. That it was refused or throttled
 * doesn't, nor that what it is about was not found.
 *
 * @returns what was answered, in words; undefined when the operation may well be there
 */
export function whyNotThere(error: unknown): string | undefined {
  const { name, code, message, $metadata, $response } = error as SdkError;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') return `nobody answers (${message})`;
  if (code === 'ANSWER_LIMIT') return message;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === undefined || refusals.test(name) || unavailable.has(status)) return undefined;
  if (isUnreadable(error as SdkError)) return `${status}, with an answer that is none of AWS's`;
  if (name === 'Unknown' && status < 500) return `${status}, with an empty answer`;
  const isUnknown = namesOfUnknown.test(name) || wordsOfUnknown.test(message);
  const isNowhere = status === 501 || status === 405 || status === 415;
  const isNoSuchPage = status === 404 && name !== 'NotFoundException';
  return isUnknown || isNowhere || isNoSuchPage ? `${status} ${name}${inWords(message)}` : undefined;
}

/** HTML, for example: the SDK expected JSON, or XML from STS. It says so, and where to look for what there was. */
function isUnreadable({ message }: SdkError): boolean {
  return message.includes('Deserialization error');
}

function inWords(message: string): string {
  return message && message !== 'UnknownError' ? `: ${message.replace(/\s+/g, ' ')}` : '';
}
