import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Html } from './page.ts';

/** Time in milliseconds after which parts are rendered again while a page is open. */
const pause = 100;

/**
 * Sends parts of a page whenever they change, as long as it is open. Each is one element with an id, which takes the place of
 * the older one.
 *
 * @param partsOf makes the parts; undefined when there are none any more, which ends it
 */
export function streamParts(context: Context, partsOf: () => Promise<Html[] | undefined>): Response {
  return streamSSE(context, async (stream) => {
    let sent: string[] = [];
    while (!stream.aborted) {
      // What can't be read now may be readable later. Until then, a new request for the page says why.
      const parts = await partsOf().catch(() => []);
      if (!parts) return;
      const now = (await Promise.all(parts)).map(String);
      for (const part of now.filter((each) => !sent.includes(each)))
        await stream.writeSSE({ event: 'part', data: part });
      sent = now;
      await sleep(pause, undefined, { ref: false });
    }
  });
}
