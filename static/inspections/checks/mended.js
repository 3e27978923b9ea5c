// What the server found wrong stops being said once the person has put something else there.

/**
 * Watch the mistakes a form came back with; call what is returned after every change.
 * @param {HTMLFormElement} form
 * @param {(item: HTMLElement) => boolean} answered
 * @param {(name: string) => number} photosOf how many photos a field holds by now
 */
export function watchMistakes(form, answered, photosOf) {
  const held = [...form.querySelectorAll(".item__error")].map((told) => {
    const item = told.closest(".item");
    return { told, item, before: typedIn(item, photosOf) };
  });
  return () => {
    for (const one of held) {
      const mended = typedIn(one.item, photosOf) !== one.before && isFilled(one.item, answered);
      one.told.hidden = mended;
      one.item.classList.toggle("item--error", !mended && "item" in one.item.dataset);
      point(form, one.item, mended);
    }
  };
}

/** @param {HTMLElement} item @param {(item: HTMLElement) => boolean} answered */
function isFilled(item, answered) {
  if ("item" in item.dataset) return answered(item);
  return Boolean(item.querySelector("textarea").value.trim());
}

/** Take an item's line out of the list at the head, and the list when nothing is left in it. */
function point(form, item, mended) {
  const sum = form.querySelector("[data-error-sum]");
  if (!sum) return;
  for (const link of sum.querySelectorAll("a[href^='#']")) {
    const target = document.getElementById(link.hash.slice(1));
    if (target && (item.contains(target) || target.contains(item))) link.closest("li").hidden = mended;
  }
  sum.hidden = !sum.querySelector("li:not([hidden])");
}

/** Return what is typed in an item, to tell whether it changed. @param {HTMLElement} item */
function typedIn(item, photosOf) {
  const controls = [...item.querySelectorAll("input, textarea, select")];
  return controls
    .map((it) => (it.type === "file" ? photosOf(it.name) : /radio|checkbox/.test(it.type) ? it.checked : it.value))
    .join("\n");
}
