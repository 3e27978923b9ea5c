// Small help around the page: print, back, the search key, menus that close.

/** Wire what the frame of every page offers. */
export function helpAround() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  nameThePage();
  openFilters();
  goBackForReal();
  document.addEventListener("keydown", keys);
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

/** The bar of a phone repeats the page's own title; one too long for its two lines stays above the page as well. */
function nameThePage() {
  const bar = document.querySelector("[data-page-title]");
  const head = document.querySelector("main h1");
  if (!bar || !head) return;
  bar.textContent = head.dataset.bar ?? head.textContent.trim();
  if (bar.scrollHeight > bar.clientHeight + 1) head.classList.add("page-head__whole");
}

/** On a phone the filters after the first wait behind a button. */
function openFilters() {
  for (const button of document.querySelectorAll("[data-open-filters]")) {
    button.addEventListener("click", () => {
      const open = button.closest(".filters").classList.toggle("filters--open");
      button.setAttribute("aria-expanded", String(open));
    });
  }
}

/** The back arrow goes where the reader came from, when that was this portal. */
function goBackForReal() {
  const arrow = document.querySelector("[data-back]");
  arrow?.addEventListener("click", (event) => {
    if (history.length > 1 && document.referrer.startsWith(location.origin)) {
      event.preventDefault();
      history.back();
    }
  });
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
}
