// Asking for an exemption: only the check-lists of the chosen place are offered; the server refuses the others anyway.

const places = document.querySelector("[data-narrows]");
if (places) {
  const lists = places.form.elements[places.dataset.narrows];
  const all = [...lists.options];
  const narrow = () => {
    const kind = places.selectedOptions[0]?.dataset.kind;
    const fitting = all.filter((option) => !kind || !option.dataset.kind || option.dataset.kind === kind);
    const chosen = lists.value;
    lists.replaceChildren(...fitting);
    lists.value = fitting.some((option) => option.value === chosen) ? chosen : "";
  };
  places.addEventListener("change", narrow);
  narrow();
}
