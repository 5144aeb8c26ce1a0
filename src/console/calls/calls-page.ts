import { html } from 'hono/html';
import { printable } from '../../text/printable.ts';
import type { ShownRun } from '../account.ts';
import type { Html } from '../page.ts';
import { type Looks, mostRows, type Row, timeOf } from './trail.ts';

/**
 * Number of rows in a block. A browser lays out only the blocks near the view: with fewer rows in each, there are too many
 * blocks, and with more, a jump to the end takes too long for one frame.
 */
const rowsOfBlock = 20;

/** Width in pixels of the longest bar, that of an event which was at least `latest` milliseconds late. */
const widest = 300;
const latest = 10 * 60_000;

/**
 * The time line: what was sent on the left, and what CloudTrail shows of it on the right. It comes in parts, so that the
 * browser can show the first rows while the others are on their way.
 *
 * @param changes the number of the trail's changes that are in the rows
 */
export function* timeLine(
  rows: Row[],
  changes: number,
  filter: string,
  { target, cloudTrail }: ShownRun,
): Generator<Html> {
  const isLocal = target === 'local';
  const wanted = rows.filter((row) => isWanted(row, filter));
  const blocks = wanted.length === 0 ? [[]] : blocksOf(wanted);
  const stream = `/calls/stream?${new URLSearchParams({ filter, changes: `${changes}` })}`;
  yield html`<p>Each call is sent at once. Its event in CloudTrail comes late, and in no order: this is why an audit waits.
Calls to a local AWS that a step starts for itself are not shown, because their events never come to this CloudTrail.</p>
<form class="filter" action="/calls"><label for="filter">Operation, key or context contains</label>
<input id="filter" name="filter" type="search" value="${filter}"><button>Filter</button>
${isLocal ? '' : html`<button name="look" value="once">Look at CloudTrail now</button>`}</form>
<div class="line-heads" aria-hidden="true"><span>Time</span><span>Call</span><span>Event in CloudTrail</span></div>
<div class="line" data-most="${mostRows}" data-block="${rowsOfBlock}" data-stream="${stream}">`;
  for (const block of blocks) yield html`<ol>${rowItems(block, cloudTrail.quietSeconds)}</ol>`;
  yield html`</div>
${wanted.length === 0 ? nothingYet(filter, isLocal) : ''}
<p class="note">The page keeps the latest ${mostRows.toLocaleString('en')} rows.</p>`;
}

/** The rows in blocks. */
export function blocksOf(rows: Row[]): Row[][] {
  const count = Math.ceil(rows.length / rowsOfBlock);
  return Array.from({ length: count }, (_, n) => rows.slice(n * rowsOfBlock, (n + 1) * rowsOfBlock));
}

function nothingYet(filter: string, isLocal: boolean): Html {
  if (filter !== '')
    return html`<p class="nothing">Nothing contains “${filter}” yet. <a href="/calls">Show all</a></p>`;
  return html`<p class="nothing">Nothing yet. Calls appear here as soon as a step makes them${isLocal ? '' : ', and events when you look'}.</p>`;
}

/** True if a row contains the text: the operation, or anything in the event. */
export function isWanted({ call, event }: Row, filter: string): boolean {
  if (filter === '') return true;
  return [call?.operation, event?.name, event?.json].some((text) =>
    text?.toLowerCase().includes(filter.toLowerCase()),
  );
}

export function rowItems(rows: Row[], quietSeconds: number): Html {
  return html`${rows.map((row) => rowItem(row, quietSeconds))}`;
}

/** One row. Its id lets a newer version take its place. */
function rowItem(row: Row, quietSeconds: number): Html {
  const at = timeOf(row);
  const time = html`<time datetime="${new Date(at).toISOString()}">${clock(at, row.call !== undefined)}</time>`;
  const event = row.looks ? auditCell(row.looks, quietSeconds) : eventCell(row);
  return html`<li id="call-${row.requestId}" data-at="${at}" class="${row.looks ? 'is-look' : ''}">${time}<div>${callCell(row)}</div><div>${event}</div></li>`;
}

function callCell({ call, looks, isMarker, event }: Row): Html {
  if (looks && call) return html`${looksInWords(looks.count, looks.until - call.at)}`;
  if (!call) return html`<span class="muted">not by a step</span>`;
  const refused =
    call.status === 200 ? '' : html` <span class="badge is-limited">${call.status || 'no answer'}</span>`;
  const marker = isMarker ? html` <span class="badge is-own">marker call</span>` : '';
  return html`<b>${printable(call.operation)}</b>${refused}${marker}${contextOf(event?.encryptionContext)}`;
}

function looksInWords(count: number, milliseconds: number): string {
  if (count === 1) return 'looks at CloudTrail';
  return `looks at CloudTrail, ${count} times in ${seconds(milliseconds)}`;
}

function contextOf(context: Record<string, string> = {}): Html | '' {
  const pairs = Object.entries(context).filter(([name]) => name !== 'aws-crypto-public-key');
  if (pairs.length === 0) return '';
  return html`<span class="pair">${pairs.map(([name, value]) => printable(`${name}=${value}`)).join(', ')}</span>`;
}

function eventCell({ requestId, call, event, cameAt }: Row): Html {
  if (!event) return html`<span class="muted">not shown yet</span>`;
  const late = call && cameAt ? cameAt - call.at : undefined;
  // A link until it is unfolded: with 10,000 <details>, Chromium takes 20 ms longer for each change of the page.
  return html`<a data-unfold href="/calls/${requestId}/event">${printable(event.name)}<span class="late">${late === undefined ? '' : ` came ${seconds(late)} later`}</span></a>${late === undefined ? '' : bar(widthOf(late), 'is-late')}`;
}

/** The reason why step 4 still looks. */
function auditCell({ marker, quietFrom }: Looks, quietSeconds: number): Html | '' {
  if (!marker) return '';
  if (!marker.event) return html`<span class="muted">waits for the event of the marker call</span>`;
  const quiet = html`After the last event, no count may change for the quiet period of ${quietSeconds} s`;
  if (!quietFrom || !marker.call) return quiet;
  const late = quietFrom - marker.call.at;
  const quietWidth = Math.max(6, widthOf(late + quietSeconds * 1000) - widthOf(late));
  return html`${quiet}<div class="bars">${bar(widthOf(late), 'is-late')}${bar(quietWidth, 'is-quiet')}</div>`;
}

/** Width of a bar in pixels. The square root keeps seconds visible beside minutes. */
function widthOf(milliseconds: number): number {
  return Math.round(widest * Math.min(1, Math.sqrt(milliseconds / latest)));
}

/** An empty canvas: a style would not be allowed here, and 10,000 SVGs make Chromium collect garbage for 0.2 s. */
function bar(width: number, kind: 'is-late' | 'is-quiet'): Html {
  return html`<canvas class="${kind}" width="${width}" height="4" aria-hidden="true"></canvas>`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** In the reader's time zone, which is this machine's. CloudTrail knows seconds. */
function clock(at: number, isExact: boolean): string {
  const time = new Date(at).toLocaleTimeString('sv-SE');
  return isExact ? `${time}.${String(at % 1000).padStart(3, '0')}` : time;
}
