// Forms: leaving with unsaved changes asks, a second press does not send twice, errors are read out first.

/** Watch every form that asks for it with `data-guard`, and every error summary. */
export function guardForms() {
  document.querySelector("[data-error-sum]")?.focus();
  for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
  for (const form of document.querySelectorAll("form[method=post]")) sendOnce(form);
  for (const control of document.querySelectorAll("[data-submit-on-change]")) {
    control.addEventListener("change", () => control.form.requestSubmit());
  }
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
