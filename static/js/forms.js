// Forms: leaving with unsaved changes asks, a second press does not send twice, errors are read out first.
import { gatherPhotos } from "./photos.js";
import { watchLengths } from "./texts.js";

/** Watch every form that asks for it with `data-guard`, and every error summary. */
export function guardForms() {
  for (const input of document.querySelectorAll("[data-photos-field]")) choosePhotos(input);
  for (const form of document.querySelectorAll("form[data-longer]:not([data-check])")) watchLengths(form, form.dataset.longer);
  document.querySelector("[data-error-sum]")?.focus();
  for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
  for (const form of document.querySelectorAll("form[method=post]")) sendOnce(form);
  for (const control of document.querySelectorAll("[data-submit-on-change]")) {
    control.addEventListener("change", () => control.form.requestSubmit());
  }
}

/** Show what is chosen below the field, each photo with its ×. @param {HTMLInputElement} input */
function choosePhotos(input) {
  const [place, trouble] = [document.createElement("div"), document.createElement("p")];
  place.className = "shot__photos";
  trouble.className = "too-long";
  trouble.hidden = true;
  trouble.setAttribute("role", "status");
  input.after(place, trouble);
  gatherPhotos(input, { place, trouble, words: input.dataset, most: Number(input.dataset.mostPhotos) });
}

/** @param {HTMLFormElement} form */
function guard(form) {
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

/** @param {HTMLFormElement} form */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
