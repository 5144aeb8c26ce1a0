import type { KMSClient } from '@aws-sdk/client-kms';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { LearnerError } from '../../text/learner-error.ts';
import { printable } from '../../text/printable.ts';
import { type Html, page } from '../page.ts';
import { keyPage, keyTable } from './keys-page.ts';

/**
 * Gives a client for the account.
 *
 * @throws LearnerError if there is none, or the settings don't allow it
 */
export type Account = () => Promise<KMSClient>;

/**
 * The customer managed keys of the account, and the page of each.
 *
 * @param run the name of the run whose keys are marked
 */
export function keysView(run: string, account: Account): Hono {
  const view = new Hono();
  view.get('/', async (context) => {
    const alias = (context.req.query('alias') ?? '').trim();
    const result = await attempt(async () => {
      const kms = await account();
      const { listKeys } = await import('./account-keys.ts');
      return keyTable(await listKeys(kms, alias), alias, run);
    });
    return context.html(
      page('Keys', 'Keys', html`<div class="single"><h1>Customer managed keys</h1>${result}</div>`),
    );
  });
  view.get('/:id{[\\w-]+}', async (context) => {
    const id = context.req.param('id');
    let isFound = true;
    const result = await attempt(async () => {
      const kms = await account();
      const { describeKeyInFull } = await import('./account-keys.ts');
      const key = await describeKeyInFull(kms, id);
      isFound = key !== undefined;
      return key
        ? keyPage(key, run)
        : html`<h1>There is no such key</h1><p>Go to <a href="/keys">all keys</a>.</p>`;
    });
    return context.html(page('Keys', 'Key', html`<div class="single">${result}</div>`), isFound ? 200 : 404);
  });
  return view;
}

/** Shows an error by its name alone, unless it is a sentence for the learner: others may quote a request. */
async function attempt(action: () => Promise<Html>): Promise<Html> {
  try {
    return await action();
  } catch (error) {
    const { name, message } = error as Error;
    const why =
      error instanceof LearnerError ? printable(message) : `KMS gave no answer (${printable(name)}).`;
    return html`<p class="fault" role="status">${why} To find the cause: <code>npm run doctor</code></p>`;
  }
}
