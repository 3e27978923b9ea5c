// Judging a check in the browser by the rules of the server (inspections/checks/rules/judging.py), which has the last
// word. No page, no network, no clock: the same form, day and answers always come to the same verdict.

import { decimal, kept, less, look, NA, NOT_APPLICABLE, SETTLED, unitOf, within, written } from "./sight.js";
import * as typed from "./typed.js";

export const FORMAT = 1;
const [FAILED, OPEN, LEFT_OUT, PASSED] = ["0", ".", "-", "1"];
const LETTERS = "abcdefgh";
const MAX_STRANGE = 5;
const MAX_SHOWN = 20;

/**
 * Return what a submission comes to. With `stage` only that stage must be whole: earlier ones are judged as far as
 * they are given, later ones are not looked at. Another format or an unknown stage is the caller's mistake.
 * @param {object} form as `form_json` writes it
 * @param {object} context as `context_json` writes it
 * @param {unknown} submission the entries by the codes of items and rules
 * @param {string | null} stage
 */
export function judge(form, context, submission, stage = null) {
  const run = begin(form, context, submission, stage);
  for (const item of form.items) run.chars.push(character(run, item));
  for (const rule of form.rules) {
    const gap = shortfall(run, rule);
    if (gap) broken(run, rule, gap);
  }
  const failed = form.items.filter((item) => run.failing.has(item.code));
  const failures = failed.map((item) => failure(run, item));
  return {
    answers: run.chars.join(""),
    values: { ...run.values, ...run.aside },
    failures,
    alarms: run.alarms,
    flags: run.flags,
    needs_reason: run.needsReason,
    notes: [...run.notes, ...run.lacking],
    errors: run.errors,
    missing: run.missing,
    complete: !run.open.size,
    stages: Object.fromEntries(form.stages.map((code) => [code, !run.open.has(code)])),
    n_fail: failures.length,
    n_na: run.chars.filter((char) => char === LEFT_OUT).length,
  };
}

/** Return a sentence of the catalogue with its words; a word may be a sentence itself. */
export function sentence(sentences, { key, words }) {
  const word = (_hole, name) => (words[name].key ? sentence(sentences, words[name]) : words[name]);
  return sentences[key].replace(/%\((\w+)\)s/g, word);
}

/** Return a judging in which nothing has been gathered yet. */
function begin(form, context, submission, stage) {
  const until = stage === null ? form.stages.length : form.stages.indexOf(stage);
  if (form.format !== FORMAT || context.format !== FORMAT || until < 0) throw new RangeError("another form or stage");
  const places = new Map(form.items.map((item, index) => [item.code, index]));
  const gathered = { chars: [], values: {}, aside: {}, errors: [], missing: [], notes: [], lacking: [] };
  const drawn = { needsReason: [], alarms: [], flags: [], failing: new Map(), figures: new Map(), open: new Set() };
  const run = { ...gathered, ...drawn, sight: look(form, context), form, context, stage, until, places };
  run.submission = whole(run, submission);
  return run;
}

/** Return the submission if it is one, and refuse what it says about items that the form lacks. */
function whole(run, submission) {
  if (!typed.isNamed(submission)) {
    refuse(run, "", "not_answers");
    return {};
  }
  const strange = Object.keys(submission).filter((key) => !run.places.has(key) && !ruleOf(run.form, key));
  for (const key of strange.slice(0, MAX_STRANGE)) {
    refuse(run, "", "no_such_item", { code: /^[ -~]*$/.test(key) ? key.slice(0, MAX_SHOWN) : "?" });
  }
  return submission;
}

function ruleOf(form, code) {
  return form.rules.find((rule) => rule.code === code);
}

function refuse(run, code, key, words = {}) {
  run.errors.push({ code, key, words });
}

function keep(run, kind, code, value) {
  run.aside[kind] = { ...run.aside[kind], [code]: value };
}

// ---------------------------------------------------------------- one item

/** Return the character of one item. */
function character(run, item) {
  const asked = run.sight.asked(item);
  const entry = run.submission[item.code];
  if (asked === false) {
    if (!typed.isEmpty(entry)) run.notes.push({ code: item.code, kind: "ignored", subject: item.code });
    return OPEN;
  }
  if (run.form.stages.indexOf(item.stage) > run.until) return open(run, item);
  return typed.attempt(
    () => answered(run, item, entry, asked),
    ({ key, words }) => {
      refuse(run, item.code, key, words);
      return open(run, item);
    },
  );
}

function open(run, item) {
  run.open.add(item.stage ?? "");
  return OPEN;
}

function answered(run, item, entry, asked) {
  if (entry === undefined || entry === null) return silent(run, item);
  if (!typed.isNamed(entry)) throw new typed.NotTaken("wrong_shape");
  if (typed.isEmpty(entry.a) && entry.a !== 0) return silent(run, item);
  if (entry.a === NA) return leftOut(run, item, entry, asked);
  const said = read(run, item, entry.a);
  note(run, item, entry);
  weigh(run, item, entry, said);
  return said.char;
}

/** Return the character of an item nobody answered: not applicable of itself, or still open. */
function silent(run, item) {
  const reason = run.sight.settled(item);
  if (reason) {
    keep(run, "na", item.code, reason);
    return LEFT_OUT;
  }
  run.missing.push(item.code);
  if (run.stage === null || item.stage === run.stage) refuse(run, item.code, "open");
  return open(run, item);
}

/** Take "not applicable" where it is allowed, with its reason. */
function leftOut(run, item, entry, asked) {
  const ofItself = run.sight.nothingDue(item) ? SETTLED.confirmed : run.sight.settled(item);
  if (!(item.na || asked === null || ofItself)) throw new typed.NotTaken("na_refused");
  const reason = typed.words(entry.na_reason, typed.MAX_REASON);
  if (!reason && !ofItself) throw new typed.NotTaken("na_reason");
  note(run, item, entry);
  keep(run, "na", item.code, reason || ofItself);
  const fact = run.sight.known(item);
  if (fact !== null && fact !== NA) keep(run, "changed", item.code, { fact, reason });
  return LEFT_OUT;
}

/** Keep what an answer leaves behind: its figure, its departure from the fact, its failure. */
function weigh(run, item, entry, said) {
  if (said.leftOut) {
    const reason = typed.words(entry.na_reason, typed.MAX_REASON);
    if (!reason) throw new typed.NotTaken("na_reason");
    keep(run, "na", item.code, reason);
  }
  if (said.differs !== null) {
    const reason = typed.words(entry.changed_reason, typed.MAX_REASON);
    if (!reason && !said.leftOut) refuse(run, item.code, "changed");
    keep(run, "changed", item.code, { fact: said.differs, reason });
  }
  if (said.value !== undefined) run.values[item.code] = said.value;
  if (said.figure) run.figures.set(item.code, said.figure);
  for (const subject of said.absent ?? []) run.notes.push({ code: item.code, kind: "parameter", subject });
  if (!said.good) run.failing.set(item.code, { entries: said.failing ?? [], rules: [] });
}

function note(run, item, entry) {
  const words = typed.words(entry.note, typed.MAX_NOTE);
  if (words) keep(run, "notes", item.code, words);
}

// ---------------------------------------------------------------- what an answer says

function read(run, item, raw) {
  if (item.kind === "bool") return readTap(run, item, raw);
  if (item.kind === "choice") return readChoice(run, item, raw);
  if (item.kind === "text") return readText(item, raw);
  return item.repeat ? readEach(run, item, raw) : readFigure(run, item, raw);
}

/** Return what is said, as a fact would say it, and what the fact said where that is something else. */
function beside(run, item, value, char, good) {
  const fact = run.sight.known(item);
  return { char, good, differs: fact === value ? null : fact };
}

function readTap(run, item, raw) {
  if (raw !== "pass" && raw !== "fail") throw new typed.NotTaken("pass_or_fail");
  const good = raw === "pass";
  return beside(run, item, good, good ? PASSED : FAILED, good);
}

function readChoice(run, item, raw) {
  const place = item.choices.findIndex((choice) => choice.code === raw);
  if (place < 0) throw new typed.NotTaken("choice");
  return beside(run, item, raw, LETTERS[place], (item.pass ?? []).includes(raw));
}

function readText(item, raw) {
  const value = typed.clean(raw, item.max ?? 0);
  if (!value) throw new typed.NotTaken("open");
  const good = typed.length(value) >= (item.min ?? 0);
  return { char: good ? PASSED : FAILED, good, value, differs: null };
}

function readFigure(run, item, raw) {
  const figure = typed.figure(raw, item, run.form);
  const limits = run.sight.limits(item);
  const good = within(figure, limits) || item.severity === "info";
  const value = kept(figure, unitOf(run.form, item)[0]);
  return { ...beside(run, item, value, good ? PASSED : FAILED, good), value, figure, absent: limits.absent };
}

/** Return what the figures of all entries say together: one that fails makes the item fail. */
function readEach(run, item, raw) {
  const entries = run.sight.entries(item);
  if (!entries.length) return { char: LEFT_OUT, good: true, differs: null };
  if (!typed.isNamed(raw)) throw new typed.NotTaken("one_by_one");
  const given = new Map(Object.entries(raw));
  const listed = new Set(entries.map((entry) => entry.code));
  if ([...given.keys()].some((code) => !listed.has(code))) throw new typed.NotTaken("not_listed");
  const limits = run.sight.limits(item);
  const lines = readEntries(run, item, entries, given);
  const told = lines.filter((line) => line.figure);
  const bad = item.severity === "info" ? [] : told.filter((line) => !within(line.figure, limits));
  return {
    char: told.length ? (bad.length ? FAILED : PASSED) : LEFT_OUT,
    good: !bad.length,
    value: Object.fromEntries(lines.map((line) => [line.entry.code, line.figure ? stored(run, item, line.figure) : NA])),
    failing: bad.map((line) => line.entry.label || line.entry.code),
    differs: otherReadings(run, item, lines),
    absent: told.length ? limits.absent : [],
    leftOut: told.length < lines.length,
  };
}

function stored(run, item, figure) {
  return kept(figure, unitOf(run.form, item)[0]);
}

/** Return the readings that a person departed from, or nothing. */
function otherReadings(run, item, lines) {
  const departed = lines.filter(({ entry, figure }) => entry.figure && !(figure && less(entry.figure, figure).n === 0n));
  const readings = departed.map(({ entry }) => [entry.code, stored(run, item, entry.figure)]);
  return readings.length ? Object.fromEntries(readings) : null;
}

/** Return the figure of every entry, or refuse with all that cannot be taken at once. */
function readEntries(run, item, entries, given) {
  const refused = [];
  const lines = entries.map((entry) =>
    typed.attempt(
      () => ({ entry, figure: readEntry(run, item, entry, given.get(entry.code)) }),
      (saying) => refused.push(saying),
    ),
  );
  if (!refused.length) return lines;
  const { key, words } = refused.reduce((one, other) => ({ key: "both", words: { one, other } }));
  throw new typed.NotTaken(key, words);
}

/** Return one entry's figure, or nothing when it is left out, which needs `na` to be allowed. */
function readEntry(run, item, { code, label }, raw) {
  const entry = label || code;
  if (raw === undefined || raw === null || raw === "") throw new typed.NotTaken("entry_open", { entry });
  if (raw === NA && !item.na) throw new typed.NotTaken("entry_na", { entry });
  if (raw === NA) return null;
  return typed.attempt(
    () => typed.figure(raw, item, run.form),
    (reason) => {
      throw new typed.NotTaken("entry", { entry, reason });
    },
  );
}

// ---------------------------------------------------------------- cross-rules

/** Return by how much a rule does not hold; nothing when it holds or could not be run. */
function shortfall(run, rule) {
  const figures = [];
  for (const [kind, name] of rule.operands) {
    const figure = operand(run, rule, kind, name);
    if (!figure) return null;
    figures.push(figure);
  }
  const right = figures.pop();
  const minus = (figure) => ({ n: -figure.n, places: figure.places });
  const gap = less(figures.reduce((sum, one) => less(sum, minus(one))), right);
  if (rule.op === "le") return gap.n > 0n ? gap : null;
  if (rule.op === "ge") return gap.n < 0n ? minus(gap) : null;
  return gap.n ? (gap.n < 0n ? minus(gap) : gap) : null;
}

/** Return an operand's figure; what lacks is noted, save an item that simply is not answered yet. */
function operand(run, rule, kind, name) {
  if (kind === "value") return decimal(name);
  if (kind === "item") return itemFigure(run, rule, name);
  if (kind === "param") return run.sight.parameter(name) ?? lacking(run, rule, "parameter", name);
  const told = run.sight.fact(name);
  if (told === NOT_APPLICABLE) return lacking(run, rule, "not_applicable", name);
  return told ?? lacking(run, rule, "unknown", name);
}

function itemFigure(run, rule, code) {
  const place = run.places.get(code);
  if (run.figures.has(code)) return run.figures.get(code);
  if (run.chars[place] === LEFT_OUT) return lacking(run, rule, "not_applicable", code);
  return run.sight.asked(run.form.items[place]) === false ? lacking(run, rule, "not_asked", code) : null;
}

function lacking(run, rule, kind, subject) {
  run.lacking.push({ code: rule.code, kind, subject });
  return null;
}

/** Draw the consequences of a rule that does not hold; several may stand together. */
function broken(run, rule, gap) {
  const place = run.places.get(rule.fail);
  if (place !== undefined && run.chars[place] !== OPEN) {
    run.chars[place] = FAILED;
    if (!run.failing.has(rule.fail)) run.failing.set(rule.fail, { entries: [], rules: [] });
    run.failing.get(rule.fail).rules.push(rule.code);
  }
  if (rule.reason) reasonFor(run, rule);
  if (rule.alarm) run.alarms.push({ rule: rule.code, roles: rule.alarm, worse: written(gap) });
  if (rule.flag) run.flags.push({ flag: rule.flag, rule: rule.code });
}

/** Keep the sentence a rule asks for; the reason for changing one of its items says it as well. */
function reasonFor(run, rule) {
  const given = run.submission[rule.code];
  const refused = ({ key, words }) => refuse(run, rule.code, key, words);
  const typedHere = typed.attempt(
    () => typed.words(typed.isNamed(given) ? given.reason : given, typed.MAX_REASON),
    refused,
  );
  if (typedHere === undefined) return;
  const items = rule.operands.filter(([kind]) => kind === "item").map(([, name]) => name);
  const reason = [typedHere, ...items.map((code) => run.aside.changed?.[code]?.reason)].find(Boolean);
  if (reason) {
    keep(run, "reasons", rule.code, reason);
    return;
  }
  run.needsReason.push(rule.code);
  refuse(run, rule.code, "rule", { rule: rule.zh });
}

// ---------------------------------------------------------------- findings

/** Return what a failed item's finding needs, and refuse the hand-in where something is lacking. */
function failure(run, item) {
  const given = run.submission[item.code];
  const entry = typed.isNamed(given) ? given : {};
  const refused = ({ key, words }) => refuse(run, item.code, key, words);
  return {
    code: item.code,
    severity: item.severity,
    due: item.due ?? null,
    escalate_to: item.escalate_to ?? "",
    stage: item.stage ?? "",
    ...run.failing.get(item.code),
    stop_service: item.stop ? (typed.attempt(() => stop(run, item, entry), refused) ?? null) : null,
    note: run.aside.notes?.[item.code] ?? "",
    photos: typed.attempt(() => photos(run, item, entry), refused) ?? 0,
  };
}

function photos(run, item, entry) {
  const number = typed.photos(entry.photos);
  if (number) keep(run, "photos", item.code, number);
  else if (item.photo) refuse(run, item.code, "photo");
  return number;
}

function stop(run, item, entry) {
  const answer = typed.stopped(entry.stop_service, run.context.date);
  keep(run, "stop", item.code, answer);
  return answer;
}
