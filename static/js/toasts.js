// Sentences that come up while the page stays: refused or lost HTMX requests.
const SIGN_IN = "/account/login/";

/** Tell the reader when a part of the page could not be fetched. */
export function listenForTroubles() {
  document.body.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    toast(answer.getResponseHeader("X-Message") ? decodeURIComponent(answer.getResponseHeader("X-Message")) : words("refused"));
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const landed = new URL(event.detail.xhr.responseURL || location.href, location.href);
    if (landed.pathname === SIGN_IN && location.pathname !== SIGN_IN) {
      event.detail.shouldSwap = false;
      location.assign(`${SIGN_IN}?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
  });
  document.body.addEventListener("htmx:sendError", () => toast(words("offline")));
  document.body.addEventListener("htmx:timeout", () => toast(words("offline")));
}

/** @param {string} key @returns {string} the sentence that the page brought along */
function words(key) {
  return document.getElementById("toasts")?.dataset[key] ?? "";
}

/** @param {string} text @param {string} [tone] */
export function toast(text, tone = "bad") {
  const box = document.getElementById("toasts");
  if (!box || !text) return;
  const line = document.createElement("div");
  line.className = `notice notice--${tone}`;
  line.textContent = text;
  box.append(line);
  setTimeout(() => line.remove(), 10000);
}
