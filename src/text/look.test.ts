import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderMarkdown } from './look.ts';

const rendered = (text: string, width: number) => stripVTControlCharacters(renderMarkdown(text, width));

test("paragraphs and lists wrap only at the terminal's width", () => {
  const text = `A paragraph
of two lines.

- The first thing that there
  is to say, in \`code that
  goes on\`, _here_.
- The second.
Still the second.`;

  expect(rendered(text, 24)).toBe(`A paragraph of two
lines.

- The first thing that
  there is to say, in
  code that goes on,
  here.
- The second. Still the
  second.`);
  expect(rendered(text, 80).split('\n')).toHaveLength(4);
});

test('code keeps its lines, however long they are, and headings theirs', () => {
  const text = `# Heading
Text.
\`\`\`ts
const snake_case_name = 'which is longer than the line';

- no list
\`\`\`
The end.`;

  expect(rendered(text, 20)).toBe(`Heading
Text.
    const snake_case_name = 'which is longer than the line';

    - no list
The end.`);
});

test('numbered lists, quotations and tables', () => {
  const text = `1. The first thing that
   there is.
2. The second.

> No data key is used
> for long.

| | cache |
| --- | --- |
| keys | many |`;

  expect(rendered(text, 20)).toBe(`1. The first thing
   that there is.
2. The second.

> No data key is
  used for long.

| | cache |
| keys | many |`);
});
