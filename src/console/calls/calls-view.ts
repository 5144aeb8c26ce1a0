import { relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { stream, streamSSE } from 'hono/streaming';
import { whyNotThere } from '../../run/endpoint/why-not-there.ts';
import { callsFileOf } from '../../run/requests-of-steps.ts';
import { type Account, type ShownRun, whyNoAnswer } from '../account.ts';
import { type Html, pageEnd, pageStart } from '../page.ts';
import { blocksOf, isWanted, rowItems, timeLine } from './calls-page.ts';
import { Feed } from './feed.ts';
import { Trail } from './trail.ts';

/**
 * The calls of the steps, and their events. The local AWS is asked for events while somebody watches. Elsewhere it is asked
 * once for each request with `look`, because two look-ups a second are the quota of the whole account.
 */
export function callsView(run: ShownRun, account: Account): Hono {
  const isLocal = run.target === 'local';
  const { quietSeconds } = run.cloudTrail;
  const trail = new Trail(callsFileOf(run), account.cloudTrail);
  const feed = new Feed(trail, isLocal);
  const view = new Hono();

  view.get('/', async (context) => {
    const filter = (context.req.query('filter') ?? '').trim();
    const mayLook = isLocal || context.req.query('look') !== undefined;
    const title = 'Calls and events';
    await trail.readCalls();
    context.header('Content-Type', 'text/html; charset=utf-8');
    return stream(context, async (answer) => {
      const send = async (part: Html) => answer.write(String(await part));
      await send(html`${pageStart(title, title)}<div class="single"><h1>${title}</h1>`);
      if (mayLook) await send(html`${await faultOfLook(trail)}`);
      await send(html`${unreadable(trail, run)}`);
      for (const part of timeLine(trail.rows(), trail.changes, filter, run)) {
        await send(part);
        // Other requests are answered in between: the browser shows no row without the style sheets.
        await nextTurn();
      }
      await send(html`</div>${pageEnd}`);
    });
  });
  view.get('/stream', (context) => {
    const { filter = '', changes } = context.req.query();
    // A browser that connects again says in this header what it has.
    const known = Number(context.req.header('Last-Event-ID') ?? changes);
    return streamSSE(context, async (news) => {
      const ended = new AbortController();
      news.onAbort(() => ended.abort());
      for await (const rows of feed.follow(known, ended.signal)) {
        const blocks = blocksOf(rows.filter((row) => isWanted(row, filter)));
        const lastChange = Math.max(...rows.map(({ change = 0 }) => change));
        for (const block of blocks) {
          const data = String(await rowItems(block, quietSeconds));
          const isLast = block === blocks.at(-1);
          await news.writeSSE({ event: 'rows', data, ...(isLast ? { id: `${lastChange}` } : {}) });
        }
      }
    });
  });
  view.get('/:id/event', (context) => {
    const json = trail.rows().find(({ requestId }) => requestId === context.req.param('id'))?.event?.json;
    return json === undefined ? context.notFound() : context.text(json);
  });
  return view;
}

function unreadable(trail: Trail, run: ShownRun): Html | '' {
  if (trail.unreadable === 0) return '';
  return html`<p class="verdict" role="status">Some calls are not shown: ${trail.unreadable} of the lines in ${relative(run.root, callsFileOf(run))} can’t be read.</p>`;
}

/** Number of pages of events that are read when the page is opened: on AWS, two a second are the quota of the account. */
const mostPages = 10;

/** Looks, and says why that is not possible, if it isn't: the calls are shown all the same. */
async function faultOfLook(trail: Trail): Promise<Html | ''> {
  try {
    await trail.look(mostPages);
    return '';
  } catch (error) {
    return html`<p class="verdict" role="status">Only the calls are shown: ${whyNoEvents(error as Error)}</p>`;
  }
}

function whyNoEvents(error: Error & { code?: string }): string {
  const operation = 'cloudtrail:LookupEvents';
  if (error.name === 'AccessDeniedException') return `these credentials may not call ${operation}.`;
  if (!error.code && whyNotThere(error)) return `this endpoint doesn’t have ${operation}.`;
  return whyNoAnswer('CloudTrail', error);
}
