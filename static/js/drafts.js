// Texts of a form kept on this device until it was taken: an expired session loses no word.

const KEPT_DAYS = 9;

/** Keep the forms that name a draft with `data-keep`; drop the drafts that a page calls done with `data-done`. */
export function keepDrafts() {
  for (const done of document.querySelectorAll("[data-done-draft]")) forget(done.dataset.doneDraft);
  for (const form of document.querySelectorAll("form[data-keep]")) watch(form);
}

/** @param {HTMLFormElement} form */
function watch(form) {
  const texts = [...form.querySelectorAll("textarea[name], input[type=text][name]")];
  const before = read(form.dataset.keep);
  if (before && texts.every((text) => !text.value)) {
    for (const text of texts) text.value = before.texts[text.name] ?? "";
    const said = form.querySelector("[data-found]");
    said.hidden = !texts.some((text) => text.value);
  }
  form.addEventListener("input", () => write(form.dataset.keep, texts));
}

/** @param {string} key @param {HTMLInputElement[]} texts */
function write(key, texts) {
  const kept = Object.fromEntries(texts.map((text) => [text.name, text.value]));
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), texts: kept }));
  } catch {
    // a full or forbidden store: the form still works, it only cannot be taken up again
  }
}

/** @param {string} key */
function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < KEPT_DAYS * 86400000 ? draft : null;
  } catch {
    return null;
  }
}

/** @param {string} start */
function forget(start) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(start)) localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}
