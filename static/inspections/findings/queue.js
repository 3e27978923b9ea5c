// The queue of remedies by keyboard: J next, K previous, A accept, R return. Every step has a plain button as well.

const items = () => [...document.querySelectorAll("[data-queue-item]")];

/** @returns {HTMLElement | undefined} the item that holds the focus */
const current = () => items().find((item) => item.contains(document.activeElement));

/** @param {HTMLElement | undefined} item */
function goTo(item) {
  if (!item) return;
  item.focus();
  item.scrollIntoView({ block: "start" });
}

/** Move by `step` items; from nowhere, to the first. @param {number} step */
function move(step) {
  const all = items();
  const here = all.indexOf(/** @type {HTMLElement} */ (current()));
  goTo(here < 0 ? all[0] : all[Math.min(Math.max(here + step, 0), all.length - 1)]);
}

function accept() {
  current()?.querySelector("[data-accept]")?.requestSubmit();
}

function refuse() {
  const details = current()?.querySelector("[data-refuse]");
  if (!details) return;
  details.open = true;
  details.querySelector("textarea")?.focus();
}

const KEYS = { j: () => move(1), k: () => move(-1), a: accept, r: refuse };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

// A verdict that came too late answers 409, a reason left out 422: both stand in the item's place.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

// Once an item is settled the next one that is not takes the focus.
document.addEventListener("htmx:afterSwap", (event) => {
  const done = event.detail.target.closest("[data-queue-item]");
  if (!done?.querySelector("[data-done]")) return;
  const rest = items().slice(items().indexOf(done) + 1);
  goTo(rest.find((item) => !item.querySelector("[data-done]")));
});

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = false;
