import { NodeAlgorithmSuite } from '@aws-crypto/client-node';
import { html } from 'hono/html';
import { describeBytes, type Html } from '../page.ts';
import { type Anatomy, type Field, readAnatomy } from './anatomy.ts';
import { fieldMeanings, type Part, partLabels } from './field-meanings.ts';
import { describeValue, hexOf, valueBytes } from './field-value.ts';

/** A file under its name: its bytes, or why they can't be shown. */
export type NamedMessage = { label: string; name: string; size: number } & (
  | { bytes: Uint8Array; why?: undefined }
  | { bytes?: undefined; why: string }
);

/** Fields shown at the start and at the end of a message that has very many. */
const shownFields = { first: 120, last: 24 };

/** Fields that are shown, and the ranges between them that are not. */
type Row = { field: Field; index: number } | { start: number; end: number; hidden: number };

function rowsOf(fields: Field[]): Row[] {
  const { first, last } = shownFields;
  const all = fields.map((field, index) => ({ field, index }));
  if (all.length <= first + last) return all;
  const hidden = fields.slice(first, -last);
  const [start, end] = [hidden[0]?.start ?? 0, hidden.at(-1)?.end ?? 0];
  return [...all.slice(0, first), { start, end, hidden: hidden.length }, ...all.slice(-last)];
}

interface Section {
  title: string;
  rows: Row[];
}

/** The header, each frame, and what follows. */
function sectionsOf(rows: Row[]): Section[] {
  const sections: Section[] = [];
  for (const row of rows) {
    const title = 'field' in row ? sectionTitle(row.field) : 'Not shown';
    const last = sections.at(-1);
    if (last?.title === title) last.rows.push(row);
    else sections.push({ title, rows: [row] });
  }
  return sections;
}

function sectionTitle({ name, number }: Field): string {
  const { part, label } = fieldMeanings[name];
  if (part === 'signature') return 'Footer';
  if (part === 'unknown') return label;
  return number !== undefined && part !== 'context' && part !== 'key' ? `Frame ${number}` : 'Header';
}

/** One message: a map of its bytes, and every field with what it is for. */
export function messageArticle(message: NamedMessage): Html {
  if (!message.bytes) return unreadable(message);
  const anatomy = readAnatomy(message.bytes);
  const rows = rowsOf(anatomy.fields);
  return html`<article><h1>${message.name}</h1>
<p class="summary">${summaryOf(anatomy)}</p>
${faultOf(anatomy)}
${bar(anatomy)}${legend(anatomy)}
<div class="map-and-fields">
<section aria-labelledby="fields"><h2 id="fields">Fields</h2>
${sectionsOf(rows).map(
  ({ title, rows }) => html`<h3 class="section">${title}</h3>
<ol class="fields">${rows.map((row) => ('field' in row ? fieldItem(anatomy, row.field, row.index) : hiddenItem(row)))}</ol>`,
)}</section>
<section class="map" aria-labelledby="bytes"><h2 id="bytes">Bytes</h2>
<p class="hex">${rows.map((row) => ('field' in row ? bytesOf(anatomy, row.field, row.index) : html` <span>…</span> `))}</p>
</section></div></article>`;
}

function unreadable({ name, why }: NamedMessage): Html {
  return html`<h1>${name}</h1><p class="fault" role="status">This file can’t be shown: ${why}.</p>`;
}

function summaryOf({ bytes, fields, fault }: Anatomy): string {
  const suiteField = fields.find(({ name }) => name === 'suite');
  const count = (name: string) => fields.filter((field) => field.name === name).length;
  const parts = [describeBytes(bytes.length)];
  if (suiteField && (!fault || fault.at > suiteField.end)) {
    const suite = new NodeAlgorithmSuite(Buffer.from(bytes).readUInt16BE(suiteField.start));
    parts.push(suite.signatureCurve ? 'signed' : 'not signed');
    parts.push(suite.commitment === 'NONE' ? 'does not commit to its data key' : 'commits to its data key');
  }
  if (count('encryptedKey') > 0) parts.push(plural(count('encryptedKey'), 'encrypted data key'));
  if (count('frameTag') > 0) parts.push(plural(count('frameTag'), 'frame'));
  return parts.join(' · ');
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function faultOf({ fault, bytes }: Anatomy): Html | '' {
  if (!fault) return '';
  const where = fault.at < bytes.length ? `at byte ${fault.at.toLocaleString('en')}` : 'at its end';
  const what = fault.isTooLong ? 'It is not read further than' : 'It stops making sense';
  return html`<p class="fault" role="status"><strong>${what} ${where}.</strong> ${fault.why}
${fault.at === 0 ? 'It is not a message of the AWS Encryption SDK.' : ''}</p>`;
}

/** The parts of a message in a row. A square root keeps a field of one byte visible beside a frame of 4,096. */
function bar({ fields }: Anatomy, isEqual: (field: Field) => boolean = () => false): Html {
  const segments: { part: Part; start: number; end: number; equal: boolean }[] = [];
  for (const row of rowsOf(fields)) {
    const { start, end } = 'field' in row ? row.field : row;
    // Between the fields that are shown are frames.
    const part = 'field' in row ? fieldMeanings[row.field.name].part : 'content';
    const equal = 'field' in row && isEqual(row.field);
    const last = segments.at(-1);
    if (last?.part === part && last.equal === equal) last.end = end;
    else segments.push({ part, start, end, equal });
  }
  const widths = segments.map(({ start, end }) => Math.sqrt(end - start));
  const scale = 1000 / widths.reduce((sum, width) => sum + width, 0);
  let x = 0;
  const rectangles = segments.map(({ part, equal }, index) => {
    const width = (widths[index] ?? 0) * scale;
    x += width;
    return html`<rect class="p-${part}${equal ? ' is-equal' : ''}" x="${(x - width).toFixed(2)}" width="${width.toFixed(2)}" height="40"/>`;
  });
  return html`<svg class="bar" viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">${rectangles}</svg>`;
}

function legend({ fields }: Anatomy): Html {
  const bytes = new Map<Part, number>();
  for (const { name, start, end } of fields) {
    const { part } = fieldMeanings[name];
    bytes.set(part, (bytes.get(part) ?? 0) + end - start);
  }
  return html`<ul class="legend" aria-label="Parts of the message">${[...bytes].map(
    ([part, count]) =>
      html`<li class="p-${part}"><span class="swatch"></span>${partLabels[part]} <small>${describeBytes(count)}</small></li>`,
  )}</ul>`;
}

function fieldItem({ bytes }: Anatomy, field: Field, index: number): Html {
  const { part, label, purpose } = fieldMeanings[field.name];
  const isFirst = (field.number ?? 1) === 1;
  const value = describeValue(bytes, field);
  return html`<li class="p-${part}" data-field="${index}">
<span class="range">${rangeOf(field)}</span>
<div><h4><a href="#b${index}">${sectionTitle(field) === 'Header' ? labelOf(field) : label}</a></h4>
${value ? html`<p class="value">${value}</p>` : ''}
${isFirst ? html`<p class="purpose">${purpose}</p>` : ''}</div></li>`;
}

function hiddenItem({ start, end, hidden }: { start: number; end: number; hidden: number }): Html {
  return html`<li class="hidden-fields"><span class="range">${start}–${end - 1}</span>
<p>${plural(hidden, 'more field')} of the same kinds</p></li>`;
}

function bytesOf({ bytes }: Anatomy, field: Field, index: number): Html {
  const { part, label } = fieldMeanings[field.name];
  const hex = field.name === 'unknown' ? '?? ?? ??' : hexOf(bytes.subarray(field.start, field.end));
  return html`<span class="p-${part}" id="b${index}" data-field="${index}" title="${label}">${hex}</span> `;
}

function rangeOf({ start, end }: Field): string {
  return end - start === 1 ? `${start}` : `${start}–${end - 1}`;
}

function labelOf({ name, number }: Field): string {
  const { label } = fieldMeanings[name];
  return number === undefined ? label : `${label} ${number}`;
}

/** Two messages side by side. */
export function comparison(first: NamedMessage, second: NamedMessage): Html {
  if (!first.bytes) return unreadable(first);
  if (!second.bytes) return unreadable(second);
  const [a, b] = [readAnatomy(first.bytes), readAnatomy(second.bytes)];
  const pairs = pairFields(a, b);
  const equal = pairs.filter((pair) => pair.isEqual);
  const equalLabels = new Set(equal.map(({ label }) => label));
  const shared = sharedKey(a, b);
  const isEqual = (field: Field) => equalLabels.has(labelOf(field));
  const shown = pairs.length > 160 ? pairs.slice(0, 160) : pairs;
  return html`<article><h1>${first.name} <span class="muted">and</span> ${second.name}</h1>
${verdictOf(a, b, shared)}
<p class="summary">${equal.length} of ${plural(pairs.length, 'field')} have the same bytes in both.</p>
${[first, second].map(
  ({ label }, index) =>
    html`<h2 class="bar-title">${label}</h2>${faultOf(index ? b : a)}${bar(index ? b : a, isEqual)}`,
)}
<ol class="pairs">${shown.map((pair) => pairItem(a, b, pair, pair.a !== undefined && pair.a === shared))}</ol>
${shown.length < pairs.length ? html`<p>${plural(pairs.length - shown.length, 'more field')} not shown.</p>` : ''}</article>`;
}

/** The first encrypted data key of a message that another one has, too, at any place; undefined if there is none. */
function sharedKey(a: Anatomy, b: Anatomy): Field | undefined {
  const keysOf = ({ fields }: Anatomy) => fields.filter(({ name }) => name === 'encryptedKey');
  const hexIn = ({ bytes }: Anatomy, field: Field) => Buffer.from(valueBytes(bytes, field)).toString('hex');
  const inB = new Set(keysOf(b).map((field) => hexIn(b, field)));
  return keysOf(a).find((field) => inB.has(hexIn(a, field)));
}

function verdictOf(a: Anatomy, b: Anatomy, shared: Field | undefined): Html {
  if (Buffer.compare(a.bytes, b.bytes) === 0)
    return html`<p class="verdict"><strong>These files are identical.</strong></p>`;
  // The content type follows the last encrypted data key.
  const hasAllKeys = ({ fields }: Anatomy) => fields.some(({ name }) => name === 'contentType');
  if (!shared && !(hasAllKeys(a) && hasAllKeys(b)))
    return html`<p class="verdict"><strong>These files can’t be compared.</strong> Their encrypted data keys could not all be read.</p>`;
  return shared
    ? html`<p class="verdict is-shared"><strong>These messages share a data key.</strong> The same encrypted data key is in both: it was made once, by one call. Each message has an ID of its own, and so a derived key of its own. <a href="#shared">See the bytes</a></p>`
    : html`<p class="verdict"><strong>These messages don’t share a data key.</strong> No encrypted data key is in both: each message has its own.</p>`;
}

interface Pair {
  label: string;
  a: Field | undefined;
  b: Field | undefined;
  isEqual: boolean;
}

/** Puts the fields of the same name and number together, in the order of the first message and then of the second. */
function pairFields(a: Anatomy, b: Anatomy): Pair[] {
  const inB = new Map(b.fields.map((field) => [labelOf(field), field]));
  const inA = new Map(a.fields.map((field) => [labelOf(field), field]));
  return [...new Set([...inA.keys(), ...inB.keys()])].map((label) => {
    const [fieldA, fieldB] = [inA.get(label), inB.get(label)];
    const isKnown = fieldA?.name !== 'unknown';
    return {
      label,
      a: fieldA,
      b: fieldB,
      isEqual:
        isKnown &&
        fieldA !== undefined &&
        fieldB !== undefined &&
        Buffer.compare(valueBytes(a.bytes, fieldA), valueBytes(b.bytes, fieldB)) === 0,
    };
  });
}

/** @param isShared true for the encrypted data key that both messages have, to which the verdict leads */
function pairItem(a: Anatomy, b: Anatomy, pair: Pair, isShared: boolean): Html {
  const { label, isEqual } = pair;
  const name = (pair.a ?? pair.b)?.name ?? 'unknown';
  const cell = ({ bytes }: Anatomy, field: Field | undefined) =>
    html`<p class="value">${field ? describeValue(bytes, field) : html`<em>not there</em>`}</p>`;
  return html`<li class="p-${fieldMeanings[name].part}${isEqual ? ' is-equal' : ''}" ${isShared ? html`id="shared"` : ''}>
<h3>${label}</h3><p class="mark">${isEqual ? '= equal' : '≠ different'}</p>
${cell(a, pair.a)}${isEqual ? '' : cell(b, pair.b)}</li>`;
}
