// Texts with a limit: nothing is cut in silence, what is too long is said while it is typed.

/** Watch the texts of a form that say how long they may be. @param {HTMLElement} form @param {string} words */
export function watchLengths(form, words) {
  for (const text of form.querySelectorAll("[data-most]")) {
    const line = document.createElement("p");
    line.className = "too-long";
    line.hidden = true;
    line.setAttribute("role", "status");
    text.after(line);
    const tell = () => {
      const over = [...text.value.replaceAll("\n", "\r\n")].length - Number(text.dataset.most);
      line.hidden = over <= 0;
      line.textContent = over > 0 ? words.replace("%s", over) : "";
    };
    text.addEventListener("input", tell);
    tell();
  }
}
