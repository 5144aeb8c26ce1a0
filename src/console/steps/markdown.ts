import { raw } from 'hono/html';
import { Marked } from 'marked';
import type { Html } from '../page.ts';

const marked = new Marked({
  renderer: {
    // A lesson has no HTML. If it had, it would be shown, and not obeyed.
    html: ({ text }) => escaped(text),
    // The page is the console's, and shows the title itself.
    heading({ tokens, depth }) {
      return depth === 1 ? '' : `<h${depth}>${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    // Wide code scrolls, by keyboard, too.
    code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
    image: ({ text }) => escaped(text),
  },
});

/** Renders a lesson or a hint, without its title. */
export function markdown(text: string): Html {
  return raw(marked.parse(text, { async: false }));
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
