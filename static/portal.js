// What every page does once its HTML is there; each piece lives in its own small module.
import { foldMenu } from "./js/menu.js";
import { guardForms } from "./js/forms.js";
import { listenForTroubles } from "./js/toasts.js";
import { drawCharts } from "./js/charts.js";
import { helpAround } from "./js/page.js";
import { keepDrafts } from "./js/drafts.js";

document.documentElement.classList.add("scripted");
foldMenu();
guardForms();
keepDrafts();
listenForTroubles();
helpAround();
drawCharts(document);
document.body.addEventListener("htmx:load", (event) => drawCharts(event.target));
