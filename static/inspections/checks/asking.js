// What a form asks on a day and what its section button does, as inspections/checks/rules/asking.py says it.

import { decimal, isFigure, look, NA, SETTLED, unitOf, within, written } from "./sight.js";
import { isNamed } from "./typed.js";

/** Return every item of a form, or of one stage, as it stands on that day; figures are texts. */
export function questions(form, context, stage = null) {
  const sight = look(form, context);
  return form.items.filter((item) => stage === null || stage === (item.stage ?? "")).map((item) => question(sight, item));
}

function question(sight, item) {
  const asked = sight.asked(item);
  const settled = sight.settled(item);
  const nothingDue = sight.nothingDue(item);
  const [places, lowest, highest] = unitOf(sight.form, item);
  const { low, high } = sight.limits(item);
  return {
    code: item.code,
    zh: item.zh,
    en: item.en,
    kind: item.kind,
    section: item.section,
    stage: item.stage ?? "",
    severity: item.severity,
    critical: item.severity === "critical",
    asked: asked !== false,
    na_allowed: Boolean(item.na || asked === null || nothingDue || settled),
    condition_unknown: asked === null,
    settled: settled ?? (nothingDue ? SETTLED.fact : ""),
    prefill: prefill(sight, item),
    expected: item.expected ? figureText(sight.fact(item.expected)) : null,
    unit: item.unit ?? "",
    places,
    low: figureText(low),
    high: figureText(high),
    lowest: String(lowest),
    highest: String(highest),
    repeats: Boolean(item.repeat),
    entries: item.repeat ? sight.entries(item).map((one) => ({ ...one, figure: figureText(one.figure) })) : [],
    choices: item.choices ?? [],
    photo_on_fail: Boolean(item.photo),
    asks_stop_service: Boolean(item.stop),
    min_length: item.min ?? 0,
    max_length: item.max ?? 0,
  };
}

function figureText(told) {
  return isFigure(told) ? written(told) : null;
}

/** Return the answer that a fact gives, as it would be submitted. */
function prefill(sight, item) {
  const fact = sight.known(item);
  if (fact === null) return null;
  if (typeof fact === "boolean") return fact ? "pass" : "fail";
  return String(fact);
}

/**
 * Return the answers that "本区其余正常" adds to `current`. It never touches a critical item, a choice, a text, a figure
 * nobody gave, or what the portal knows to be wrong.
 */
export function restOfSection(form, context, section, current) {
  const sight = look(form, context);
  const added = {};
  for (const item of form.items) {
    if (item.section !== section || !isOpenForButton(sight, item)) continue;
    const entry = isNamed(current[item.code]) ? current[item.code] : {};
    const answer = item.repeat ? restOfEntries(sight, item, entry.a) : rest(sight, item, entry.a);
    if (answer !== null) added[item.code] = { ...entry, a: answer };
  }
  return added;
}

function isOpenForButton(sight, item) {
  if (item.severity === "critical" || item.kind === "choice" || item.kind === "text") return false;
  return sight.asked(item) !== false && sight.settled(item) === null;
}

/** Return the answer the button gives to one item, or nothing. */
function rest(sight, item, given) {
  const answer = prefill(sight, item);
  if (!isBlank(given)) return null;
  if (item.kind === "bool") return answer === null || answer === "pass" ? "pass" : null;
  return answer !== null && answer !== NA && isGood(sight, item, decimal(answer)) ? answer : null;
}

/** Return the entries with the good readings filled in, or nothing when there is none to fill. */
function restOfEntries(sight, item, given) {
  if (given !== undefined && given !== null && !isNamed(given)) return null;
  const before = new Map(Object.entries(given ?? {}));
  const fillable = sight
    .entries(item)
    .filter(({ code, figure }) => isBlank(before.get(code)) && figure && isGood(sight, item, figure));
  for (const { code, figure } of fillable) before.set(code, written(figure));
  return fillable.length ? Object.fromEntries(before) : null;
}

function isBlank(given) {
  return given === undefined || given === null || given === "";
}

function isGood(sight, item, figure) {
  const [, lowest, highest] = unitOf(sight.form, item);
  if (!within(figure, { low: decimal(lowest), high: decimal(highest) })) return false;
  return item.severity === "info" || within(figure, sight.limits(item));
}
