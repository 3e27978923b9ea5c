// A form seen on one day, as inspections/checks/rules/sight.py sees it: exact figures, facts, what is asked, limits.

/**
 * An exact figure: `n` times ten to the minus `places`.
 * @typedef {{n: bigint, places: number}} Figure
 * @typedef {{code: string, label: string, figure: Figure | null}} Reading
 */

export const NA = "na";
export const NOT_APPLICABLE = Symbol("not applicable");
/** Why an item is not applicable without a reason typed; a star stands where nobody even had to say so. */
export const SETTLED = { empty: "*empty", fact: "*fact", unrecorded: "*unrecorded", confirmed: "confirmed" };
const PLAIN = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const UNNAMED = [{ code: "1", label: "", figure: null }];
const NO_UNIT = [0, 0, 0];

// ---------------------------------------------------------------- figures

/** Return the figure a text or whole number writes, or nothing. @returns {Figure | null} */
export function decimal(raw) {
  const found = PLAIN.exec(raw);
  return found && { n: BigInt(found[1] + found[2] + (found[3] ?? "")), places: found[3]?.length ?? 0 };
}

/** Return a figure as text, with all its decimals. @param {Figure} figure */
export function written({ n, places }) {
  const digits = String(n < 0n ? -n : n).padStart(places + 1, "0");
  const whole = digits.length - places;
  return (n < 0n ? "-" : "") + digits.slice(0, whole) + (places ? `.${digits.slice(whole)}` : "");
}

/** Return one figure less another. @param {Figure} one @param {Figure} other @returns {Figure} */
export function less(one, other) {
  const places = Math.max(one.places, other.places);
  return { n: finer(one, places).n - finer(other, places).n, places };
}

/** Return whether one figure is below another. @param {Figure} one @param {Figure} other */
export function below(one, other) {
  return less(one, other).n < 0n;
}

/** Return a figure with so many decimals; half a step goes away from zero. @param {Figure} figure */
export function rounded(figure, places) {
  if (figure.places <= places) return finer(figure, places);
  const step = 10n ** BigInt(figure.places - places);
  const size = ((figure.n < 0n ? -figure.n : figure.n) * 2n + step) / (2n * step);
  return { n: figure.n < 0n ? -size : size, places };
}

function finer({ n, places }, wanted) {
  return { n: n * 10n ** BigInt(wanted - places), places: wanted };
}

/** Return whether something told is a figure. */
export function isFigure(told) {
  return typeof told?.n === "bigint";
}

/** Return a figure as it is stored: whole numbers as such, decimals as text. @param {Figure} figure */
export function kept(figure, places) {
  return places ? written(figure) : Number(figure.n / 10n ** BigInt(figure.places));
}

/** Return whether a figure is on the good side of both limits; the limits themselves are good. */
export function within(figure, { low, high }) {
  return !(low && below(figure, low)) && !(high && below(high, figure));
}

// ---------------------------------------------------------------- the day

/** Return decimals, lowest and highest figure of an item's unit. @returns {[number, number, number]} */
export function unitOf(form, item) {
  return form.units[item.unit] ?? NO_UNIT;
}

/**
 * Return the questions one may ask about a form on a day: what it asks, what the facts say, which limits hold.
 * @param {object} form as `form_json` writes it
 * @param {object} context as `context_json` writes it
 */
export function look(form, context) {
  const day = context.date.slice(5);

  /** Return what a fact says in its own type; nothing when it is unknown. */
  function fact(key, places = form.facts[key].places ?? 0) {
    const raw = context.facts[key];
    const { type, values = [] } = form.facts[key];
    if (context.not_applicable.includes(key)) return NOT_APPLICABLE;
    if (raw === undefined) return null;
    if (type === "bool") return raw;
    if (type === "choice") return values.includes(raw) ? raw : null;
    return type === "list" ? raw.map((entry) => reading(entry, places)) : exact(raw, places);
  }

  /** Return a parameter's figure in force, or nothing. */
  function parameter(name) {
    return decimal(context.parameters[name]);
  }

  /** Return whether an item is asked; nothing when that is unknown. */
  function asked(item) {
    const answers = (item.when ?? []).map((name) => holds(form.conditions[name]));
    if (answers.includes(false)) return false;
    return answers.includes(null) ? null : true;
  }

  function holds(condition) {
    if (condition.between) return inSeason(...condition.between.map((name) => context.parameters[name]));
    const told = fact(condition.fact, 0);
    if (told === null) return null;
    if (condition.in) return condition.in.includes(told);
    if (condition.ge !== undefined) return isFigure(told) && !below(told, decimal(condition.ge));
    return told === condition.eq;
  }

  function inSeason(first, last) {
    if (typeof first !== "string" || typeof last !== "string") return null;
    return first <= last ? first <= day && day <= last : day >= first || day <= last;
  }

  /** Return what a repeat is answered for; an unknown list is asked once, unnamed. @returns {Reading[]} */
  function entries(item) {
    const told = fact(item.repeat);
    return told === NOT_APPLICABLE ? [] : (told ?? UNNAMED);
  }

  /** Return the strictest limits in force, and the parameters that have no figure. */
  function limits(item) {
    const absent = [];
    const figures = (names) =>
      names.map((name) => decimal(name) ?? parameter(name) ?? void absent.push(name)).filter(Boolean);
    const lows = figures(item.low ?? []);
    const highs = figures(item.high ?? []);
    const low = lows.reduce((one, other) => (one && !below(one, other) ? one : other), null);
    const high = highs.reduce((one, other) => (one && !below(other, one) ? one : other), null);
    return { low, high, absent };
  }

  /** Return why an item is not applicable of itself, or nothing; a critical item somebody confirms. */
  function settled(item) {
    if (item.repeat) return entries(item).length ? null : SETTLED.empty;
    if (!item.fact) return null;
    if (fact(item.fact) === NOT_APPLICABLE) return item.severity === "critical" ? null : SETTLED.fact;
    return fact(item.fact) === null && form.facts[item.fact].na ? SETTLED.unrecorded : null;
  }

  /** Return whether nothing fell due that the item asks about. */
  function nothingDue(item) {
    return Boolean(item.fact) && fact(item.fact) === NOT_APPLICABLE;
  }

  /** Return what the portal knew about an item as it is stored: `na`, a value, or nothing. */
  function known(item) {
    const told = item.fact ? fact(item.fact) : null;
    if (told === NOT_APPLICABLE) return NA;
    return isFigure(told) ? kept(told, unitOf(form, item)[0]) : told;
  }

  return { form, context, asked, fact, parameter, entries, limits, settled, nothingDue, known };
}

/** @returns {Reading} */
function reading([code, label, raw], places) {
  return { code, label, figure: raw === undefined ? null : exact(raw, places) };
}

function exact(raw, places) {
  const figure = decimal(raw);
  return figure && rounded(figure, places);
}
