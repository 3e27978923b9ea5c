// The check form: what was typed stays on this device until the receipt, limits speak at once, a retry is harmless.

import { gatherPhotos } from "../../js/photos.js";
import { watchLengths } from "../../js/texts.js";
import { watchMistakes } from "./mended.js";

const PAUSE = 300;
const MOST_PHOTOS = 9;
const KEPT_DAYS = 9;
/** Photos chosen so far, by the name of their field: they outlive a page that came back with questions. */
const photos = new Map();
let changed = false;
let resting = 0;
/** Takes back what the server said of an item, once it is put right. */
let takeBack = () => {};

const first = document.querySelector("[data-check]");
if (first) {
  forgetOld();
  begin(first);
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
const hint = document.querySelector("[data-drafts]");
if (hint) hint.hidden = !keys().some((key) => key.startsWith(hint.dataset.drafts));

/** Wire a form, fresh or come back. @param {HTMLFormElement} form */
function begin(form) {
  if (!form.dataset.typed) restore(form);
  takeBack = watchMistakes(form, answered, (name) => photos.get(name)?.length ?? 0);
  form.addEventListener("input", () => {
    changed = true;
    refresh(form);
    clearTimeout(resting);
    resting = setTimeout(() => keep(form), PAUSE);
  });
  for (const input of form.querySelectorAll("[data-photo]")) watchPhotos(form, input);
  watchLengths(form, form.dataset.longer);
  for (const button of form.querySelectorAll("[data-rest]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      finishSection(form, button.value);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  refresh(form);
}

// ---------------------------------------------------------------- how far it is

/** Show progress, failing figures and departures from what the portal knew. @param {HTMLFormElement} form */
function refresh(form) {
  let done = 0;
  for (const section of form.querySelectorAll("[data-section]")) {
    const items = [...section.querySelectorAll("[data-item]")];
    items.forEach(turn);
    const here = items.filter(answered).length;
    done += here;
    section.querySelector("[data-progress]").textContent = `${here} / ${items.length}`;
    const button = section.querySelector("[data-rest]");
    if (button) button.disabled = !items.some((item) => item.dataset.restOf && !answered(item));
  }
  form.querySelector("[data-done]").textContent = String(done);
  takeBack();
}

/** @param {HTMLElement} item */
function answered(item) {
  const code = item.dataset.item;
  const lines = [...item.querySelectorAll("[data-line]")];
  if (lines.length) return lines.every((line) => ticked(line) || isFigure(item, line));
  const text = item.querySelector(`textarea[name="a.${code}"]`);
  if (text) return Boolean(text.value.trim());
  return Boolean(item.querySelector(`input[name="a.${code}"]:checked`));
}

/** @param {HTMLElement} item @param {HTMLElement} line */
function isFigure(item, line) {
  const typed = plain(line.querySelector("[data-figure]").value);
  return typed !== "" && trouble(item, typed) === "";
}

/** Return why a typed figure cannot be taken, or nothing. @param {HTMLElement} item @param {string} typed */
function trouble(item, typed) {
  const { lowest, highest, places } = item.dataset;
  const words = item.closest("form").dataset;
  if (typed === "") return "";
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(typed)) return words.number;
  if (Number(typed) < Number(lowest) || Number(typed) > Number(highest)) {
    return words.range.replace("%s", lowest).replace("%s", highest);
  }
  return (typed.split(".")[1]?.length ?? 0) > Number(places) ? words.places.replace("%s", places) : "";
}

/** @param {HTMLElement} line */
function ticked(line) {
  return Boolean(line.querySelector(".tick input:checked"));
}

/** Turn an item red, or ask why it differs, as soon as it is typed. @param {HTMLElement} item */
function turn(item) {
  let words = "";
  let refused = "";
  let differs = false;
  for (const line of item.querySelectorAll("[data-line]")) {
    const box = line.querySelector("[data-figure]");
    const tick = line.querySelector("[data-known]");
    const out = line.querySelector("[data-na]");
    const typed = plain(box.value);
    if (tick && typed) tick.checked = false;
    if (out && typed) out.checked = false;
    const value = typed || (tick?.checked ? tick.dataset.known : "");
    const wrong = trouble(item, typed);
    box.toggleAttribute("aria-invalid", Boolean(wrong));
    refused ||= wrong;
    words ||= wrong ? "" : verdict(item, value);
    differs ||= Boolean(tick && typed && Number(typed) !== Number(tick.dataset.known));
    differs ||= Boolean(tick && out?.checked);
  }
  if (item.dataset.prefill) {
    const chosen = item.querySelector(`input[name="a.${item.dataset.item}"]:checked`);
    differs = Boolean(chosen && chosen.value !== item.dataset.prefill);
  }
  item.classList.toggle("is-bad", Boolean(words));
  item.classList.toggle("is-changed", differs);
  const line = item.querySelector("[data-turn]");
  if (line) {
    line.hidden = !(refused || words);
    line.textContent = refused || words;
  }
}

/** @param {HTMLElement} item @param {string} value */
function verdict(item, value) {
  const { low, high, below, above } = item.dataset;
  if (value === "" || Number.isNaN(Number(value))) return "";
  if (low !== undefined && Number(value) < Number(low)) return below;
  return high !== undefined && Number(value) > Number(high) ? above : "";
}

/** Full-width digits are typed on Chinese keyboards. @param {string} text */
function plain(text) {
  return text.normalize("NFKC").replace("。", ".").replace("−", "-").trim();
}

/** Set what is still open and not critical to normal. @param {HTMLFormElement} form @param {string} section */
function finishSection(form, section) {
  for (const item of form.querySelectorAll(`[data-rest-of="${section}"]`)) {
    if (answered(item)) continue;
    for (const tick of item.querySelectorAll("[data-known]")) tick.checked = true;
    const pass = item.querySelector('input[type="radio"][value="pass"]');
    if (pass) pass.checked = true;
  }
  form.dispatchEvent(new Event("input"));
}

// ---------------------------------------------------------------- what is kept on the device

/** @param {HTMLFormElement} form */
function keep(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && worthKeeping(name));
  try {
    localStorage.setItem(form.dataset.draft, JSON.stringify({ id: form.client_id.value, at: Date.now(), fields }));
    const clock = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    form.querySelector("[data-saved-at]").textContent = `${form.dataset.saved} ${clock}`;
  } catch {
    // a full or forbidden store: the form still works, it only cannot be taken up again
  }
}

/** @param {string} name */
function worthKeeping(name) {
  return !["csrfmiddlewaretoken", "ticket", "stage", "client_id", "at"].includes(name);
}

/** @param {HTMLFormElement} form */
function restore(form) {
  const draft = read(form.dataset.draft);
  if (!draft) {
    form.client_id.value = crypto.randomUUID?.() ?? form.client_id.value;
    return;
  }
  form.client_id.value = draft.id;
  for (const [name, value] of draft.fields) {
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "radio" || control.type === "checkbox") control.checked ||= control.value === value;
      else control.value = value;
    }
  }
  form.querySelector("[data-saved-at]").textContent = form.dataset.found;
}

/** @param {string} key */
function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && typeof draft.id === "string" && Array.isArray(draft.fields) ? draft : null;
  } catch {
    return null;
  }
}

/** Return the names of everything kept; a browser that forbids it keeps nothing. */
function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

/** @param {string} key */
function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

/** Drafts of slots that have closed long ago make room. */
function forgetOld() {
  for (const key of keys()) {
    const draft = key.startsWith("check/") ? read(key) : null;
    if (draft && Date.now() - draft.at > KEPT_DAYS * 86400000) forget(key);
  }
}

// ---------------------------------------------------------------- photos

/** Gather the photos of an item; they outlive a page that came back. @param {HTMLFormElement} form */
function watchPhotos(form, input) {
  const sheet = input.closest(".sheet");
  const lost = form.querySelector(`[data-photos-again="${CSS.escape(input.name)}"]`);
  if (lost && photos.get(input.name)?.length) lost.remove();
  const must = sheet.querySelector("[data-photo-must]");
  const asked = [must.textContent, must.closest(".shot").classList.contains("shot--taken")];
  const count = (files) => {
    must.textContent = files.length ? form.dataset.photoTaken.replace("%s", files.length) : asked[0];
    must.closest(".shot").classList.toggle("shot--taken", asked[1] || files.length > 0);
  };
  count(photos.get(input.name) ?? []);
  gatherPhotos(input, {
    place: sheet.querySelector("[data-photos]"),
    trouble: sheet.querySelector("[data-photo-trouble]"),
    words: form.dataset,
    most: MOST_PHOTOS,
    chosen: photos.get(input.name),
    tell: (files) => {
      photos.set(input.name, files);
      count(files);
      changed = true;
      takeBack();
    },
  });
}

// ---------------------------------------------------------------- handing in

/** Send the form; without an answer everything stays and may be sent again. @param {HTMLFormElement} form */
async function send(form) {
  const button = form.querySelector(".foot__send");
  if (button.disabled) return;
  button.disabled = true;
  clearTimeout(resting);
  keep(form);
  form.at.value = new Date().toISOString();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    const html = answer.redirected ? "" : await answer.text();
    if (answer.redirected) leave(form, answer.url);
    else if (answer.status < 500) comeBack(form, html);
    else say(form, form.dataset.offline);
  } catch {
    say(form, form.dataset.offline);
  } finally {
    button.disabled = false;
  }
}

/** @param {HTMLFormElement} form @param {string} url */
function leave(form, url) {
  changed = false;
  if (url.includes("/receipt/")) forget(form.dataset.draft);
  location.assign(url);
}

/** Show the form as the server sent it back, with the photos still there. */
function comeBack(form, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.querySelector("[data-check]");
  const main = page.querySelector("main");
  if (!next) {
    changed = false;
    document.querySelector("main").replaceChildren(...main.children);
    return;
  }
  form.replaceWith(next);
  begin(next);
  next.querySelector("[data-error-sum]")?.focus();
}

/** @param {HTMLFormElement} form @param {string} words */
function say(form, words) {
  const place = form.querySelector("[data-saved-at]");
  place.textContent = words;
  place.scrollIntoView({ block: "center" });
}
