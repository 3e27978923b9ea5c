// Photos chosen in a form: made smaller, shown, taken out again with ×; what is no picture is not taken in.

const LONG_EDGE = 1600;
const QUALITY = 0.8;
const SENT_AS_THEY_ARE = ["image/jpeg", "image/png"];

/**
 * Gather what is chosen in a file field and show it below.
 * @param {HTMLInputElement} input
 * @param {{place: HTMLElement, trouble: HTMLElement, words: DOMStringMap, most: number, chosen?: File[],
 *          tell?: (files: File[]) => void}} options
 */
export function gatherPhotos(input, options) {
  let files = options.chosen ?? [];
  const keep = (next) => {
    files = next;
    options.tell?.(files);
    show(input, files, options, keep);
  };
  if (files.length) show(input, files, options, keep);
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    const taken = await Promise.all(chosen.map(smaller));
    const strange = chosen.filter((_file, place) => !taken[place]).map((file) => file.name);
    const all = [...files, ...taken.filter(Boolean)];
    const said = strange.map((name) => options.words.photoNone.replace("%s", name));
    if (all.length > options.most) said.push(options.words.photoMany.replace("%s", options.most));
    say(options.trouble, said);
    keep(all.slice(0, options.most));
  });
}

/** @param {HTMLInputElement} input @param {File[]} files */
function show(input, files, options, keep) {
  const basket = new DataTransfer();
  options.place.replaceChildren();
  files.forEach((file, number) => {
    basket.items.add(file);
    options.place.append(tile(file, options.words, () => {
      keep(files.filter((_one, place) => place !== number));
      (options.place.querySelectorAll("button")[Math.min(number, files.length - 2)] ?? input).focus();
    }));
  });
  input.files = basket.files;
}

/** @param {File} file @param {DOMStringMap} words @param {() => void} remove */
function tile(file, words, remove) {
  const box = document.createElement("span");
  const picture = new Image();
  const button = document.createElement("button");
  box.className = "shot__photo";
  picture.alt = file.name;
  picture.src = URL.createObjectURL(file);
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", words.photoRemove.replace("%s", file.name));
  button.addEventListener("click", remove);
  box.append(picture, button);
  return box;
}

/** @param {HTMLElement} place @param {string[]} sentences */
function say(place, sentences) {
  place.hidden = !sentences.length;
  place.textContent = sentences.join(" ");
}

/** Return a picture of at most 1600 px, or nothing for a file that is none. @param {File} file */
async function smaller(file) {
  if (!window.createImageBitmap) return file.type.startsWith("image/") ? file : null;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const small = blob && (blob.size < file.size || !SENT_AS_THEY_ARE.includes(file.type));
    return small ? new File([blob], file.name, { type: "image/jpeg" }) : file;
  } catch {
    return null;
  }
}
