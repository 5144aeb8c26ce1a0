import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import { printable } from '../../text/printable.ts';
import { streamParts } from '../live-parts.ts';
import { describeBytes, type Html, page } from '../page.ts';
import type { NamedMessage } from './message-page.ts';
import { listOutputFiles, mostBytes, readOutputFile } from './output-files.ts';

/** The path to which the page sends a dropped file: it goes to the console's own process. */
export const dropPath = '/messages/dropped';

/** Number of dropped files that are kept, and of bytes in each. */
const mostDropped = 8;
const mostDroppedBytes = 16 * 1024 * 1024;

/** A file that can be looked into. */
interface Source {
  /** Names it in an address. */
  id: string;
  /** The run's folder, or where it comes from. It is printable, as the name is. */
  group: string;
  name: string;
  size: number;
  read(): Promise<Uint8Array | undefined>;
}

/**
 * The messages in the folder for output, and those that were dropped on the page.
 *
 * @param folder has a folder for each run
 */
export function messagesView(folder: string): Hono {
  const dropped: Source[] = [];
  let drops = 0;

  const sources = async (): Promise<Source[]> => {
    const files = await listOutputFiles(folder);
    return [
      ...files.map(({ path, size }) => {
        const [name = path, group = ''] = printable(path).split('/').reverse();
        return { id: path, group, name, size, read: () => readOutputFile(folder, path) };
      }),
      ...dropped,
    ];
  };

  const view = new Hono();
  view.get('/', async (context) => {
    const all = await sources();
    const [a = all[0]?.id, b] = [context.req.query('a'), context.req.query('b')];
    const chosen = [a, b].flatMap((id) => (id ? [all.find((source) => source.id === id)] : []));
    if (chosen.includes(undefined)) return context.html(messagesPage(all, [], gone), 404);
    const messages = await Promise.all(chosen.flatMap((source) => (source ? [readSource(source)] : [])));
    return context.html(messagesPage(all, [a, b], await describeMessages(messages)));
  });
  view.get('/stream', (context) => {
    const { a, b } = context.req.query();
    return streamParts(context, async () => [fileList(await sources(), a, b)]);
  });
  view.post('/dropped', bodyLimit({ maxSize: mostDroppedBytes, onError: tooLong }), async (context) => {
    const { file } = await context.req.parseBody();
    if (!(file instanceof File) || file.size === 0) return context.redirect('/messages', 303);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const id = `dropped-${++drops}`;
    const name = printable(file.name);
    dropped.unshift({ id, group: 'Dropped here', name, size: bytes.length, read: async () => bytes });
    dropped.splice(mostDropped);
    return context.redirect(`/messages?a=${id}`, 303);
  });
  return view;
}

const gone = html`<h1>This file is no longer there</h1><p>A run removes its files at its end. Choose another one.</p>`;

const tooLong = (context: { html(text: Html, status: 413): Response | Promise<Response> }) =>
  context.html(
    page(
      'Messages',
      'Too long',
      html`<h1>This file is too long</h1><p>A dropped file can have up to ${describeBytes(mostDroppedBytes)}.</p>`,
    ),
    413,
  );

async function readSource({ name, group, size, read }: Source): Promise<NamedMessage> {
  const label = group ? `${group}/${name}` : name;
  const bytes = await read();
  if (bytes) return { label, name, size, bytes };
  const why =
    size > mostBytes ? `it has more than ${describeBytes(mostBytes)}` : 'it was removed or replaced';
  return { label, name, size, why };
}

/** The reader is loaded with the first message: it takes longer than everything else. */
async function describeMessages([first, second]: NamedMessage[]): Promise<Html> {
  if (!first) return nothingYet;
  const { comparison, messageArticle } = await import('./message-page.ts');
  return second ? comparison(first, second) : messageArticle(first);
}

const nothingYet = html`<h1>No messages yet</h1>
<p>Encrypted files appear here while a run has them in its output folder. Step 2 writes the first ones.</p>
<p>You can also drop any file on this page, to see what is inside. It stays on this machine.</p>`;

function messagesPage(sources: Source[], [a, b]: (string | undefined)[], content: Html): Html {
  const stream = `/messages/stream?${new URLSearchParams({ a: a ?? '', b: b ?? '' })}`;
  return page(
    'Messages',
    'Messages',
    html`<div class="split"><aside class="side" aria-label="Files" data-stream="${stream}">${fileList(sources, a, b)}${dropForm}
</aside>
<div class="content">${content}</div></div>`,
  );
}

function fileList(sources: Source[], a?: string, b?: string): Html {
  const groups = [...new Set(sources.map(({ group }) => group))];
  return html`<div id="file-list">${groups.map(
    (group) => html`<h2 class="group">${group || 'Output'}</h2>
<ul class="files">${sources.filter((source) => source.group === group).map((source) => fileItem(source, a, b))}</ul>`,
  )}</div>`;
}

function fileItem({ id, name, size }: Source, a?: string, b?: string): Html {
  return html`<li><a class="file" href="/messages?a=${encodeURIComponent(id)}" ${id === a ? html`aria-current="true"` : ''}><span>${name}</span> <small>${describeBytes(size)}</small></a>
${a && id !== a ? compareLink(a, id, name, id === b) : ''}</li>`;
}

function compareLink(a: string, b: string, name: string, isCompared: boolean): Html {
  const address = `/messages?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
  return html`<a class="compare" href="${address}" ${isCompared ? html`aria-current="true"` : ''}>Compare<span class="hidden"> with ${name}</span></a>`;
}

const dropForm = html`<form class="drop" method="post" action="${dropPath}" enctype="multipart/form-data" data-drop>
<label for="file">Look into another file</label>
<input id="file" name="file" type="file" required>
<button>Show</button>
<p class="note">Or drop it anywhere on this page. It never leaves this machine.</p>
</form>`;
