// Makes the page more pleasant. Everything works without it.

/** Marks a field and its bytes while the pointer or the focus is on one of them. */
function light(event) {
  const index = event.target.closest?.('[data-field]')?.dataset.field;
  for (const lit of document.querySelectorAll('.is-lit')) lit.classList.remove('is-lit');
  if (index === undefined) return;
  for (const one of document.querySelectorAll(`[data-field="${index}"]`)) one.classList.add('is-lit');
}
document.addEventListener('pointerover', light);
document.addEventListener('focusin', light);

/** A file that is dropped anywhere goes into the form, as if it had been chosen there. */
function takeDrop(event) {
  const form = document.querySelector('[data-drop]');
  if (!form || !event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  document.body.classList.toggle('is-over', event.type === 'dragover');
  if (event.type !== 'drop') return;
  form.elements.namedItem('file').files = event.dataTransfer.files;
  form.requestSubmit();
}
for (const type of ['dragover', 'dragleave', 'drop']) document.addEventListener(type, takeDrop);

/** The elements of a piece of the page, as the server sends it. */
function elementsOf(data) {
  const template = document.createElement('template');
  template.innerHTML = data;
  return [...template.content.children];
}

/** The parts as the server sent them, by their ids: the page's own change when something is unfolded. */
const partsSent = new Map();

/** A part takes the place of its older version. The link that has the focus keeps it. */
function replacePart({ data }) {
  const [part] = elementsOf(data);
  const older = document.getElementById(part.id);
  const before = partsSent.get(part.id) ?? older.outerHTML;
  partsSent.set(part.id, part.outerHTML);
  if (before === part.outerHTML) return;
  const focused = older.contains(document.activeElement) && document.activeElement.getAttribute('href');
  older.replaceWith(part);
  if (focused) part.querySelector(`[href="${focused}"]`)?.focus();
}

/** Says that there will be no news. */
function sayEnded() {
  if (document.querySelector('.offline')) return;
  const sentence = document.createElement('p');
  sentence.className = 'fault offline';
  sentence.setAttribute('role', 'status');
  sentence.textContent = 'The console has ended, so this page no longer changes. Start it again to go on.';
  document.querySelector('main').prepend(sentence);
}

/** Inserts a row at its place in time, the latest first, in one of the line's blocks. The oldest goes if there are too many. */
function insertRow(line, row) {
  const isNotLater = (each) => Number(each?.dataset.at) <= Number(row.dataset.at);
  const block = [...line.children].find((each) => isNotLater(each.lastElementChild)) ?? line.lastElementChild;
  const next = [...block.children].find(isNotLater);
  const isFull = block.children.length >= Number(line.dataset.block);
  if (isFull && (!next || next === block.firstElementChild)) {
    const another = document.createElement('ol');
    another.append(row);
    if (next) block.before(another);
    else block.after(another);
  } else block.insertBefore(row, next ?? null);
  const last = line.lastElementChild;
  if (line.getElementsByTagName('li').length > Number(line.dataset.most)) last.lastElementChild.remove();
  if (last.children.length === 0) last.remove();
}

/** A row of a time line takes the place of its older version, or its place in time. */
function takeRow(line, row) {
  const older = document.getElementById(row.id);
  if (!older) insertRow(line, row);
  // Keep the focus and the open details.
  else if (!older.contains(document.activeElement)) older.replaceWith(row);
}

/** Keeps the page up to date while it can be seen. A browser has six connections for all its pages: a hidden one takes none. */
function follow(line) {
  let stream;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stream?.close();
    else stream = streamTo(line);
  });
  if (!document.hidden) stream = streamTo(line);
}

function streamTo(line) {
  const stream = new EventSource(line.dataset.stream);
  stream.addEventListener('part', replacePart);
  stream.addEventListener('open', () => document.querySelector('.offline')?.remove());
  stream.addEventListener('error', sayEnded);
  stream.addEventListener('rows', ({ data, lastEventId }) => {
    // The next connection sends what comes after that.
    if (lastEventId)
      line.dataset.stream = line.dataset.stream.replace(/changes=\d+/, `changes=${lastEventId}`);
    for (const row of elementsOf(data)) takeRow(line, row);
    document.querySelector('.nothing')?.remove();
  });
  return stream;
}
const line = document.querySelector('[data-stream]');
if (line) follow(line);

/** Unfolds the text that a link leads to, in its place. */
async function unfold(event) {
  const link = event.target.closest?.('[data-unfold]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.href);
  const text = document.createElement('pre');
  text.tabIndex = 0;
  text.textContent = await answer.text();
  const summary = document.createElement('summary');
  summary.append(...link.childNodes);
  const details = document.createElement('details');
  details.open = true;
  details.append(summary, text);
  link.replaceWith(details);
  summary.focus();
}
document.addEventListener('click', unfold);
