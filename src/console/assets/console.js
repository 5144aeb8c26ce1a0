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
