import { EventEmitter } from 'node:events';
import { open } from 'node:fs/promises';
import type { CloudTrailClient, Event } from '@aws-sdk/client-cloudtrail';
import type { AnsweredCall } from '../../evidence/request-tally.ts';
import { printable } from '../../text/printable.ts';

/** An event as CloudTrail shows it. */
export interface TrailEvent {
  name: string;
  /** When the call was made, in milliseconds since the epoch. CloudTrail counts in seconds. */
  time: number;
  encryptionContext: Record<string, string>;
  /** The whole event, without secrets. */
  json: string;
}

/** A call, its event, or both. */
export interface Row {
  /** AWS's id of the request, which both have. */
  requestId: string;
  call?: AnsweredCall;
  event?: TrailEvent;
  /** When the event came, in milliseconds since the epoch. Undefined if nobody had looked between the call and the event. */
  cameAt?: number;
  /** True for the call whose event step 4 waits for: the last one before it begins to look. */
  isMarker?: true;
  /** Present if this is a look at CloudTrail, or several without another call between them. */
  looks?: Looks;
  /** Number of its latest change: see `changes`. */
  change?: number;
}

/** Looks at CloudTrail. */
export interface Looks {
  count: number;
  /** When the last look was answered, in milliseconds since the epoch. */
  until: number;
  /** The call whose event step 4 waits for. */
  marker?: Row;
  /** When the quiet period began: the marker call's event was there, and no event of a data key has come since. */
  quietFrom?: number;
}

/** Number of rows that are kept: the oldest are forgotten. */
export const mostRows = 10_000;

/** The events of KMS alone: each look would be one more event of CloudTrail. */
const LookupAttributes = [{ AttributeKey: 'EventSource' as const, AttributeValue: 'kms.amazonaws.com' }];

/** The calls of the steps, each with its event as soon as CloudTrail shows it. */
export class Trail {
  /** Emits `rows` with the rows that are new or have changed, whoever asked for them. */
  readonly news = new EventEmitter();
  /** Number of changes so far. Each is one or more rows that are new or have changed at the same time. */
  changes = 0;
  /** Number of lines about calls that could not be read. */
  unreadable = 0;
  readonly #rows = new Map<string, Row>();
  readonly #callsFile: string;
  readonly #cloudTrail: () => Promise<CloudTrailClient>;
  /** Kept until it fails: a new one for each look would leave a connection each time. */
  #client: CloudTrailClient | undefined;
  #bytesRead = 0;
  #lastCall: Row | undefined;
  /** The looks that have a marker call: those of step 4. */
  #audit: (Row & { call: AnsweredCall; looks: Looks }) | undefined;
  /** The ids of requests that have no row of their own. */
  readonly #partsOfLooks = new Set<string>();
  #lastLookAt = 0;
  /** Where the last look stopped, although there is more to read. */
  #nextToken: string | undefined;
  #reading: Promise<Row[]> = Promise.resolve([]);

  /**
   * @param callsFile has a line for each call: see `callsFileOf`
   * @param cloudTrail gives the client to look with
   */
  constructor(callsFile: string, cloudTrail: () => Promise<CloudTrailClient>) {
    this.#callsFile = callsFile;
    this.#cloudTrail = cloudTrail;
    // One for each page that is open.
    this.news.setMaxListeners(0);
  }

  /** All rows, the latest first. */
  rows(): Row[] {
    return [...this.#rows.values()].reverse().sort((a, b) => timeOf(b) - timeOf(a));
  }

  /** The rows that are new or have changed since there were so many changes. */
  rowsAfter(changes: number): Row[] {
    return [...this.#rows.values()].filter(({ change = 0 }) => change > changes);
  }

  /** Reads the calls that were noted since the last time. Returns the rows that are new or have changed. */
  readCalls(): Promise<Row[]> {
    // One after the other, so that no line is read twice.
    const reading = this.#reading.then(async () => {
      const lines = (await this.#newText()).split('\n').filter(Boolean);
      return this.#tell(lines.flatMap((line) => this.#addLine(line)));
    });
    this.#reading = reading.catch(() => []);
    return reading;
  }

  /** Forgets the oldest rows that are too many, and tells the others. */
  #tell(rows: Row[]): Row[] {
    if (this.#rows.size > mostRows)
      for (const { requestId } of this.rows().slice(mostRows)) this.#rows.delete(requestId);
    const kept = [...new Set(rows)].filter(({ requestId }) => this.#rows.has(requestId));
    if (kept.length === 0) return [];
    this.changes++;
    for (const row of kept) row.change = this.changes;
    this.news.emit('rows', kept);
    return kept;
  }

  /**
   * Looks at CloudTrail once: through the pages that have news, then through those where the last look stopped. Returns the
   * rows that are new or have changed.
   *
   * @param mostPages number of pages of 50 events to read at most
   * @throws what the AWS SDK throws
   */
  async look(mostPages: number): Promise<Row[]> {
    try {
      this.#client ??= await this.#cloudTrail();
      return await this.#lookWith(this.#client, mostPages);
    } catch (error) {
      // Another one may have other credentials.
      this.#client = undefined;
      if ((error as Error).name === 'InvalidNextTokenException') this.#nextToken = undefined;
      throw error;
    }
  }

  async #lookWith(client: CloudTrailClient, mostPages: number): Promise<Row[]> {
    const { LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
    const changed: Row[] = [];
    const startedAt = Date.now();
    let older = this.#nextToken;
    let NextToken: string | undefined;
    for (let pages = 0; pages < mostPages; pages++) {
      const page = await client.send(new LookupEventsCommand({ LookupAttributes, NextToken }));
      const { Events = [] } = page;
      const news = Events.flatMap((event) => this.#addEvent(event));
      // At once, because the next page may be refused.
      changed.push(...this.#tell(news));
      NextToken = page.NextToken;
      // The latest come first. An event that is late is among those of its time.
      const end = Events.at(-1)?.EventTime?.getTime() ?? 0;
      if (news.length === 0 && older) {
        NextToken = older;
        older = undefined;
      } else if (news.length === 0 && end < this.#firstWaiting()) NextToken = undefined;
      this.#nextToken = older ?? NextToken;
      if (!NextToken) break;
    }
    this.#lastLookAt = Math.max(this.#lastLookAt, startedAt);
    return changed;
  }

  /** When the first call was made that has no event yet, in milliseconds since the epoch. */
  #firstWaiting(): number {
    const waiting = [...this.#rows.values()].filter(({ event, looks }) => !event && !looks);
    return Math.min(...waiting.map(timeOf));
  }

  #addLine(line: string): Row[] {
    const call = readCall(line);
    if (!call) this.unreadable++;
    return call ? this.#addCall(call) : [];
  }

  #addCall(call: AnsweredCall): Row[] {
    const last = this.#lastCall;
    if (call.operation === 'LookupEvents') {
      if (last?.looks) {
        last.looks.count++;
        last.looks.until = call.at;
        return [last];
      }
      const looks: Looks = { count: 1, until: call.at };
      const row = { requestId: call.requestId, call, looks };
      this.#rows.set(row.requestId, row);
      this.#lastCall = row;
      if (last?.call?.operation !== 'DescribeKey') return [row];
      last.isMarker = true;
      looks.marker = last;
      this.#audit = row;
      return [last, row];
    }
    // Before each look, the workshop counts the learners of the account by their aliases: see src/evidence/turns.ts.
    const isForLook = call.operation === 'ListAliases';
    if (isForLook && last?.looks) {
      this.#partsOfLooks.add(call.requestId);
      return [];
    }
    const row: Row = Object.assign(this.#rows.get(call.requestId) ?? { requestId: call.requestId }, { call });
    this.#rows.set(row.requestId, row);
    if (!isForLook) this.#lastCall = row;
    return [row];
  }

  #addEvent(event: Event): Row[] {
    const { requestID, ...read } = readEvent(event.CloudTrailEvent ?? '{}');
    const requestId = requestID ?? event.EventId ?? '';
    const row: Row = this.#rows.get(requestId) ?? { requestId };
    if (row.event || this.#partsOfLooks.has(requestId)) return [];
    const { EventName: name = '', EventTime } = event;
    row.event = { name, time: EventTime?.getTime() || Date.now(), ...read };
    if (row.call && this.#lastLookAt > row.call.at) row.cameAt = Date.now();
    this.#rows.set(row.requestId, row);
    return [row, ...this.#auditChangedBy(row)];
  }

  /** The quiet period begins with the event of the marker call, and starts over when one of a data key comes. */
  #auditChangedBy(row: Row): Row[] {
    const audit = this.#audit;
    if (!audit?.looks.marker?.event) return [];
    const isCounted = row.call?.operation === 'GenerateDataKey' && row.call.at <= audit.call.at;
    if (!isCounted && row !== audit.looks.marker) return [];
    audit.looks.quietFrom = row.cameAt;
    return [audit];
  }

  /** The whole lines that were added to the file, which may not be there yet. */
  async #newText(): Promise<string> {
    try {
      const file = await open(this.#callsFile);
      try {
        const { size } = await file.stat();
        // Another run with the same name has begun a new file.
        if (size < this.#bytesRead) this.#bytesRead = 0;
        const bytes = Buffer.alloc(size - this.#bytesRead);
        await file.read(bytes, 0, bytes.length, this.#bytesRead);
        const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
        this.#bytesRead += whole.length;
        return whole.toString('utf8');
      } finally {
        await file.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }
}

/** When a row belongs on the time line, in milliseconds since the epoch. */
export function timeOf({ call, event }: Row): number {
  return call?.at ?? event?.time ?? 0;
}

/** Returns the call in a line, or undefined if there is none: a process that was ended may have written half of one. */
function readCall(line: string): AnsweredCall | undefined {
  try {
    const call = JSON.parse(line);
    const isCall = typeof call.operation === 'string' && typeof call.requestId === 'string';
    return isCall && new Date(call.at).getTime() === call.at ? call : undefined;
  } catch {
    return undefined;
  }
}

/** Members of an event that are not shown. The id of an access key is half of a credential. An endpoint may add the others. */
const secrets = ['accesskeyid', 'secretaccesskey', 'sessiontoken', 'plaintext'];

function readEvent(text: string): Pick<TrailEvent, 'encryptionContext' | 'json'> & { requestID?: string } {
  try {
    const event = JSON.parse(text, (name, value) =>
      secrets.includes(name.toLowerCase()) ? undefined : value,
    );
    const encryptionContext = event.requestParameters?.encryptionContext ?? {};
    const json = printable(JSON.stringify(event, undefined, 2));
    return { requestID: event.requestID, encryptionContext, json };
  } catch {
    return { encryptionContext: {}, json: 'This event is not JSON.' };
  }
}
