import { expect, test } from 'vitest';
import { markdown } from './markdown.ts';

test('a lesson loses its title, and keeps its headings, lists and links', () => {
  const text = '# Title\n\n## Mind the *gap*\n\n- one\n- [two](https://example.com)\n';

  expect(String(markdown(text)).replace(/\s*\n\s*/g, '')).toBe(
    '<h2>Mind the <em>gap</em></h2><ul><li>one</li><li><a href="https://example.com">two</a></li></ul>',
  );
});

test('code scrolls by keyboard, and what looks like HTML is shown', () => {
  expect(String(markdown('```ts\nconst a = 1 < 2 && "b";\n```'))).toBe(
    '<pre tabindex="0"><code>const a = 1 &lt; 2 &amp;&amp; &quot;b&quot;;</code></pre>\n',
  );
  const html = String(markdown('<script>x()</script>\n\nsee <b onclick="x()">this</b> and ![a <i>](x.png)'));
  expect(html).not.toMatch(/<(script|b|i|img)/);
  expect(html).toContain('&lt;script&gt;x()&lt;/script&gt;');
});
