import { Hono } from 'hono';
import { html } from 'hono/html';
import { type Account, whyNoAnswer } from '../account.ts';
import { type Html, page } from '../page.ts';
import { keyPage, keyTable } from './keys-page.ts';

/**
 * The customer managed keys of the account, and the page of each.
 *
 * @param run the name of the run whose keys are marked
 */
export function keysView(run: string, account: Account): Hono {
  const view = new Hono();
  view.get('/', async (context) => {
    const alias = (context.req.query('alias') ?? '').trim();
    const result = await answerOrFault(async () => {
      const kms = await account.kms();
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
    const result = await answerOrFault(async () => {
      const kms = await account.kms();
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

async function answerOrFault(action: () => Promise<Html>): Promise<Html> {
  try {
    return await action();
  } catch (error) {
    return html`<p class="fault" role="status">${whyNoAnswer('KMS', error as Error)}</p>`;
  }
}
