import type { GrantListEntry, KeyMetadata, Tag } from '@aws-sdk/client-kms';
import { html } from 'hono/html';
import { aliasPrefix, runTagName, workshopTag } from '../../state/run.ts';
import { printable } from '../../text/printable.ts';
import type { Html } from '../page.ts';
import type { AccountKey, KeyDetails, KeyList, Missing } from './account-keys.ts';

/** The list of keys, with the filter above it. */
export function keyTable(found: KeyList, alias: string, run: string): Html {
  return html`<form class="filter" action="/keys"><label for="alias">Alias contains</label>
<input id="alias" name="alias" type="search" value="${alias}"><button>Filter</button></form>
${missingSentence(found)}
${found.keys.length === 0 ? noKeys(alias) : table(found.keys, run)}
${found.more > 0 ? html`<p class="note">${found.more} more keys are not shown. Filter them by alias.</p>` : ''}`;
}

function noKeys(alias: string): Html {
  if (alias !== '')
    return html`<p>No key has an alias that contains “${alias}”. <a href="/keys">Show all keys</a></p>`;
  return html`<p>There are no customer managed keys here. A run creates the first one, and schedules its deletion at the end.</p>`;
}

const columns = ['Key', 'Status', 'Created', 'Rotation', 'Tags'];

/** The roles are written out, because a narrow page shows rows as blocks, and a browser then forgets that it is a table. */
function table(keys: AccountKey[], run: string): Html {
  return html`<table class="keys" role="table" aria-label="Keys"><thead role="rowgroup"><tr role="row">
${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${keys.map((key) => row(key, run))}</tbody></table>`;
}

function row(key: AccountKey, run: string): Html {
  const cells = [
    html`<a href="/keys/${key.id}">${printable(key.aliases ? (key.aliases[0] ?? 'No alias') : 'Alias unknown')}</a> ${ownerOf(key, run)}
${key.aliases?.slice(1).map((alias) => html`<span class="sub">${printable(alias)}</span>`)}<code class="sub">${key.id}</code>`,
    status(key.metadata),
    key.metadata?.CreationDate ? time(key.metadata.CreationDate) : unknown,
    rotation(key),
    key.tags ? tagList(key.tags) : unknown,
  ];
  return html`<tr role="row">${cells.map(
    (cell, index) => html`<td role="cell" data-column="${columns[index]}">${cell}</td>`,
  )}</tr>`;
}

const unknown = html`<span class="muted">unknown</span>`;

/** Marks a key of the workshop, and of this run. Without its tags, the names of the run's aliases tell. */
function ownerOf({ aliases = [], tags = [] }: AccountKey, run: string): Html | '' {
  const own = `${aliasPrefix}${run}`;
  const isOwn = aliases.some((alias) => alias === own || alias.startsWith(`${own}_`));
  const tagged = (name?: string) => tags.find(({ TagKey }) => TagKey === name)?.TagValue;
  if (!isOwn && tagged(workshopTag.TagKey) !== workshopTag.TagValue) return '';
  const owner = tagged(runTagName) ?? '';
  if (isOwn || owner === run) return html`<span class="badge is-own">this run</span>`;
  return html`<span class="badge">${owner ? `run ${printable(owner)}` : 'workshop'}</span>`;
}

function status(metadata: KeyMetadata | undefined): Html {
  if (!metadata?.KeyState) return unknown;
  const words = metadata.KeyState.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  const state = html`<span class="badge${metadata.KeyState === 'Enabled' ? ' is-enabled' : ' is-limited'}">${printable(words)}</span>`;
  return metadata.DeletionDate
    ? html`${state} <span class="sub">will be deleted on ${time(metadata.DeletionDate)}</span>`
    : state;
}

function rotation({ rotates, metadata }: AccountKey): Html | string {
  if (rotates !== undefined) return rotates ? 'on' : 'off';
  return metadata?.KeySpec && metadata.KeySpec !== 'SYMMETRIC_DEFAULT' ? 'not possible' : unknown;
}

function tagList(tags: Tag[]): Html | string {
  if (tags.length === 0) return html`<span class="muted">none</span>`;
  return html`<ul class="tags">${tags.map(
    ({ TagKey = '', TagValue = '' }) => html`<li><b>${printable(TagKey)}</b> ${printable(TagValue)}</li>`,
  )}</ul>`;
}

function time(date: Date): Html {
  const text = date.toISOString().replace('T', ' ').slice(0, 16);
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`;
}

/** One sentence for all that these credentials or this endpoint don't let us see. */
function missingSentence({ refused, notThere }: Missing): Html | '' {
  const parts = [
    ...(refused.length > 0 ? [`these credentials may not call ${list(refused)}`] : []),
    ...(notThere.length > 0 ? [`this endpoint doesn’t have ${list(notThere)}`] : []),
  ];
  if (parts.length === 0) return '';
  return html`<p class="verdict" role="status">Some things can’t be shown: ${parts.join('; ')}.</p>`;
}

/** One key with its policy, grants and tags. */
export function keyPage(key: KeyDetails & Missing, run: string): Html {
  const { metadata } = key;
  const facts: [string, Html | string | undefined][] = [
    ['Key ID', html`<code>${key.id}</code>`],
    ['ARN', metadata?.Arn && html`<code>${metadata.Arn}</code>`],
    ['Aliases', key.aliases ? key.aliases.map(printable).join(', ') || 'none' : unknown],
    ['Status', status(metadata)],
    ['Created', metadata?.CreationDate && time(metadata.CreationDate)],
    ['Description', printable(metadata?.Description ?? '') || undefined],
    ['Key spec', metadata?.KeySpec],
    ['Usage', metadata?.KeyUsage],
    ['Rotation', rotation(key)],
    ['Tags', key.tags ? tagList(key.tags) : unknown],
  ];
  return html`<p><a href="/keys">All keys</a></p>
<h1>${printable(key.aliases?.[0] ?? key.id)} ${ownerOf(key, run)}</h1>
${missingSentence(key)}
<dl class="facts">${facts.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : ''))}</dl>
<h2>Key policy</h2>${key.policy === undefined ? unknown : html`<pre tabindex="0" aria-label="Key policy">${indented(key.policy)}</pre>`}
<h2>Grants</h2>${grantList(key.grants)}`;
}

function grantList(grants: GrantListEntry[] | undefined): Html {
  if (!grants) return unknown;
  if (grants.length === 0) return html`<p>No grants.</p>`;
  return html`<ul class="grants">${grants.map(
    ({ GrantId, Name, GranteePrincipal, Operations = [], Constraints, RetiringPrincipal }) => html`<li>
<h3>${printable(Name || GrantId || '')}</h3>
<p>Lets <code>${printable(GranteePrincipal ?? '')}</code> call ${list(Operations)}.
${RetiringPrincipal ? html`<code>${printable(RetiringPrincipal)}</code> can retire it.` : ''}</p>
${Constraints ? html`<pre tabindex="0" aria-label="Constraints">${JSON.stringify(Constraints, undefined, 2)}</pre>` : ''}</li>`,
  )}</ul>`;
}

function list(words: string[]): string {
  return new Intl.ListFormat('en').format(words.map(printable));
}

/** A policy is any text that was put there: it is shown as it is if it isn't JSON. */
function indented(policy: string): string {
  try {
    return printable(JSON.stringify(JSON.parse(policy), undefined, 2));
  } catch {
    return printable(policy);
  }
}
