// The side menu folds to icons and remembers it on this computer.
const KEY = "portal.folded";

/** Let the button at the foot of the side menu fold it. */
export function foldMenu() {
  const button = document.querySelector("[data-fold]");
  if (!button) return;
  show(button, remembered());
  button.addEventListener("click", () => {
    const folded = !document.documentElement.classList.contains("folded");
    show(button, folded);
    try {
      localStorage.setItem(KEY, folded ? "yes" : "");
    } catch {
      // A browser that keeps nothing opens the menu unfolded next time.
    }
  });
}

/** @returns {boolean} whether the menu was folded last time */
function remembered() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
}

/** @param {Element} button @param {boolean} folded */
function show(button, folded) {
  document.documentElement.classList.toggle("folded", folded);
  button.setAttribute("aria-pressed", String(folded));
}
