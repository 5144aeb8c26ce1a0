import { randomInt } from 'node:crypto';
import { accountPrincipals } from './account-principals.ts';
import { authorizer } from './authorization/authorizer.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CloudTrail } from './cloudtrail/cloudtrail.ts';
import { delayedDelivery } from './cloudtrail/delivery.ts';
import { EventStore } from './cloudtrail/event-store.ts';
import { lookupEvents } from './cloudtrail/lookup-events.ts';
import { keyDeletedEvent, keyRotatedEvent, trailEventOf } from './cloudtrail/recording.ts';
import { RequestQuota } from './cloudtrail/request-quota.ts';
import type { FaultInjector } from './faults/fault-injector.ts';
import { type Credential, Credentials } from './http/credentials.ts';
import { type Answer, answerRequest, type FrontDoorParts } from './http/front-door.ts';
import { type HostedService, hostedOperations } from './http/hosted-service.ts';
import type { IncomingRequest } from './http/incoming-request.ts';
import { jsonProtocol } from './http/json-protocol.ts';
import { queryProtocol } from './http/query-protocol.ts';
import type { Services } from './http/routing.ts';
import { listen } from './http/server.ts';
import { SigningKeys } from './http/signing-keys.ts';
import { identityOf } from './identity.ts';
import { putGivenKeys } from './kms/given-keys.ts';
import type { Kms } from './kms/kms.ts';
import { kmsOperations } from './kms/operations/index.ts';
import { KmsState } from './kms/state.ts';
import type { AccessKey, AnsweredCallInfo, LocalAwsOptions } from './options.ts';
import type { DataDirectory } from './persistence/data-directory.ts';
import { seededRandom } from './seeded-random.ts';
import { getCallerIdentity } from './sts/get-caller-identity.ts';

export type { PolicyDocumentInput } from './authorization/policy-document.ts';
export { type Clock, ManualClock } from './clock.ts';
export { readFaults } from './faults/read-faults.ts';
export type { FaultRule } from './faults/rules.ts';
export type {
  AccessKey,
  AnsweredCallInfo,
  KeySettings,
  LocalAwsOptions,
  RoleSessionSettings,
  UserSettings,
} from './options.ts';

/** A local AWS that is running. */
export interface LocalAws {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** The administrator's access key. The administrator's policy allows everything. */
  readonly credentials: AccessKey;
  /**
   * Returns the credentials of one of the `principals` in the options.
   *
   * @param name of the user, or of the role's session
   * @throws {TypeError} if no principal has that name
   */
  credentialsOf(name: string): AccessKey;
  /** The seed of the options, or a random one. As an option of the next start, it repeats the same random decisions. */
  readonly seed: number;
  /** Stops at once, and cuts open connections. Without a data directory, everything is lost. */
  close(): Promise<void>;
}

/**
 * Starts KMS, CloudTrail and STS on 127.0.0.1.
 *
 * @throws if the port is taken; if the account id, the Region, a fault rule, a principal or a key is invalid; if the data
 *   directory can't be used
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const clock = options.clock ?? systemClock;
  const seed = options.seed ?? randomInt(2 ** 32);
  const faultInjector = await faultInjectorOf(options, seed, clock);
  const state = new KmsState();
  const events = newEventStore(options, seed, faultInjector);
  const dataDirectory = await openDataDirectory(options, state, events);
  try {
    return await serve(options, { clock, seed, faultInjector, state, events, dataDirectory });
  } catch (error) {
    await dataDirectory?.close();
    throw error;
  }
}

interface Parts {
  readonly clock: Clock;
  readonly seed: number;
  readonly faultInjector: FaultInjector | undefined;
  readonly state: KmsState;
  readonly events: EventStore;
  readonly dataDirectory: DataDirectory | undefined;
}

async function serve(options: LocalAwsOptions, parts: Parts): Promise<LocalAws> {
  const { clock, seed, faultInjector, state, events, dataDirectory } = parts;
  const { account, administrator } = dataDirectory?.identity ?? identityOf(options);
  const principals = accountPrincipals(account, administrator, options.principals ?? [], clock.now());
  const requirePermission = authorizer(account, principals.identities);
  const kms: Kms = { account, clock, state, newestState: state, identities: principals.identities };
  putGivenKeys(kms, options.keys ?? []);
  dataDirectory?.commit();
  const lookupQuota = new RequestQuota(options.cloudTrail?.lookupsPerSecond ?? 2, clock);
  const cloudTrail: CloudTrail = { account, clock, events, lookupQuota };
  const door: FrontDoorParts = {
    services: hostServices(kms, cloudTrail, faultInjector),
    verifier: {
      credentials: new Credentials([...principals.credentials.values()]),
      signingKeys: new SigningKeys(),
      region: account.region,
    },
    authorize(caller, permission, { sourceAddress, headers }) {
      const userAgent = headers['user-agent'] ?? '';
      requirePermission(caller, permission, { time: clock.now(), sourceAddress, userAgent });
    },
    catchUp() {
      const now = clock.now();
      for (const key of state.removeDueKeys(now)) events.record(keyDeletedEvent(key.arn, now));
      for (const rotation of state.rotateDueKeys(now)) events.record(keyRotatedEvent(rotation));
    },
    record(call) {
      events.record(trailEventOf(call, clock.now()));
      dataDirectory?.commit();
    },
    faultInjector: faultInjector?.calls,
  };

  const answer = options.onCall ? telling(answering(door), options.onCall) : answering(door);
  const server = await listen(options.port ?? 0, answer);
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    ...account,
    credentials: accessKeyOf(administrator),
    credentialsOf(name) {
      const credential = principals.credentials.get(name);
      if (credential) return accessKeyOf(credential);
      const names = [...principals.credentials.keys()].join(', ');
      throw new TypeError(
        `Unknown principal '${name}'; the principals are ${names}. Name one of them, or add it to the option principals.`,
      );
    },
    seed,
    async close() {
      await server.close();
      await dataDirectory?.close();
    },
  };
}

const accessKeyOf = ({ principal, ...accessKey }: Credential): AccessKey => accessKey;

async function openDataDirectory(
  options: LocalAwsOptions,
  state: KmsState,
  events: EventStore,
): Promise<DataDirectory | undefined> {
  if (options.dataDirectory === undefined) return undefined;
  // Loaded here, so that a start without a data directory needn't wait for it.
  const persistence = await import('./persistence/data-directory.ts');
  return persistence.openDataDirectory(options.dataDirectory, {
    state,
    events,
    identify: (before) => identityOf(options, before),
    warn: options.onWarning ?? ((message) => console.error(`local-aws: ${message}`)),
  });
}

async function faultInjectorOf(
  { faults = [] }: LocalAwsOptions,
  seed: number,
  clock: Clock,
): Promise<FaultInjector | undefined> {
  if (faults.length === 0) return undefined;
  // Loaded here, so that a start without faults needn't wait for it.
  const { newFaultInjector } = await import('./faults/fault-injector.ts');
  return newFaultInjector(faults, seed, clock);
}

function newEventStore(
  options: LocalAwsOptions,
  seed: number,
  faultInjector: FaultInjector | undefined,
): EventStore {
  const { delaySeconds = 2, jitterSeconds = 0.5, capacity = 100_000 } = options.cloudTrail ?? {};
  const schedule = delayedDelivery({ delaySeconds, jitterSeconds }, seededRandom(seed));
  return new EventStore(faultInjector?.delivery(schedule) ?? schedule, capacity);
}

function hostServices(kms: Kms, cloudTrail: CloudTrail, faultInjector: FaultInjector | undefined): Services {
  const kmsService: HostedService = {
    signingName: 'kms',
    signatureMinutes: 5,
    eventSource: 'kms.amazonaws.com',
    protocol: jsonProtocol('message'),
    operations: hostedOperations(faultInjector?.operations(kmsOperations, kms) ?? kmsOperations, kms),
  };
  const cloudTrailService: HostedService = {
    signingName: 'cloudtrail',
    signatureMinutes: 5,
    eventSource: 'cloudtrail.amazonaws.com',
    protocol: jsonProtocol('Message'),
    operations: hostedOperations([lookupEvents], cloudTrail),
  };
  const stsService: HostedService = {
    signingName: 'sts',
    // As its refusals say, which many people quote: aws/aws-cli issue 6676.
    signatureMinutes: 15,
    eventSource: 'sts.amazonaws.com',
    protocol: queryProtocol,
    operations: hostedOperations([getCallerIdentity], null),
  };
  return {
    byTarget: new Map([
      ['TrentService', kmsService],
      ['CloudTrail_20131101', cloudTrailService],
      ['com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101', cloudTrailService],
    ]),
    query: stsService,
    fallback: kmsService,
  };
}

type Answering = (request: IncomingRequest) => Answer | Promise<Answer>;

/** Answers requests, after the latency that a fault injects. */
function answering(door: FrontDoorParts): Answering {
  const late = (answer: Answer): Answer | Promise<Answer> => {
    const delay = answer.injected?.delayMilliseconds;
    return delay && door.faultInjector ? door.faultInjector.sleep(delay).then(() => answer) : answer;
  };
  return (request) => {
    const answer = answerRequest(door, request);
    return answer instanceof Promise ? answer.then(late) : late(answer);
  };
}

/** Calls `onCall` for each answer. */
function telling(answer: Answering, onCall: (call: AnsweredCallInfo) => void): Answering {
  return (request) => {
    const startedAt = performance.now();
    const tell = (given: Answer) => {
      onCall(callInfo(given, performance.now() - startedAt));
      return given;
    };
    const given = answer(request);
    return given instanceof Promise ? given.then(tell) : tell(given);
  };
}

const callInfo = (answer: Answer, durationMilliseconds: number): AnsweredCallInfo => ({
  service: answer.service,
  operation: answer.operation,
  status: answer.injected?.reset ? 0 : answer.status,
  ...(answer.error ? { errorCode: answer.error.name } : {}),
  requestId: answer.requestId,
  durationMilliseconds,
  ...(answer.defect === undefined ? {} : { defect: answer.defect }),
  ...(answer.injected ? { faults: answer.injected.faults } : {}),
});
