import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

// The pages are tagged templates, not JSX: Node.js reads TypeScript by itself, but not TSX. `html` escapes every value.

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The views, as the navigation lists them. */
const views = [
  { path: '/steps', name: 'Steps' },
  { path: '/messages', name: 'Messages' },
  { path: '/keys', name: 'Keys' },
  { path: '/calls', name: 'Calls and events' },
] as const;

export type ViewName = (typeof views)[number]['name'];

/** A page of the console with its navigation. */
export function page(view: ViewName | undefined, title: string, main: Html): Html {
  return html`${pageStart(view, title)}${main}${pageEnd}`;
}

/** Everything before the content of a page, and everything after it: for a page that is sent in parts. */
export function pageStart(view: ViewName | undefined, title: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Console</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
<link rel="stylesheet" href="/assets/controls.css">
${view ? html`<link rel="stylesheet" href="/assets${views.find(({ name }) => name === view)?.path}.css">` : ''}
<script type="module" src="/assets/console.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<p class="brand">Console</p>
<nav aria-label="Views"><ul>${views.map(
    ({ path, name }) =>
      html`<li><a href="${path}" ${name === view ? html`aria-current="page"` : ''}>${name}</a></li>`,
  )}</ul></nav>
</header>
<main id="main" tabindex="-1">`;
}

export const pageEnd = html`</main>
</body>
</html>`;

export function notFoundPage(): Html {
  return page(
    undefined,
    'Not found',
    html`<h1>There is no such page</h1><p>Go to <a href="/messages">the messages</a>.</p>`,
  );
}

/** Formats a number of bytes: 4,096 bytes. */
export function describeBytes(count: number): string {
  return count === 1 ? '1 byte' : `${count.toLocaleString('en')} bytes`;
}
