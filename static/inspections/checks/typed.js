// What a person typed, read exactly as inspections/checks/rules/typed.py reads it.

import { below, decimal, rounded, unitOf } from "./sight.js";

const FIGURE = /^-?[0-9]{1,9}(?:\.([0-9]{1,6}))?$/;
const TOO_BIG = /^-?[0-9]{10,}(?:\.[0-9]*)?$/;
const BAD_CHARACTERS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]/u;
// The blanks of the server's language, which are not quite those of this one.
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const BLANKS = new RegExp(`^${BLANK}|${BLANK}$`, "g");
const FULL_WIDTH = /[０-９．－−。]/g;
const HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
const CLOCK = new RegExp(`^${HOUR}$`);
const MOMENT = new RegExp(
  `^(20[0-9]{2}-[0-9]{2}-[0-9]{2})T(${HOUR})(?::[0-5][0-9](?:\\.[0-9]{1,6})?)?(Z|[+-]${HOUR})?$`,
);
const SHANGHAI = "+08:00";
const BIGGEST = 1e9;
const MINUTE = 60000;
const MAX_SINCE = 32;
export const MAX_REASON = 200;
export const MAX_NOTE = 500;

/** What was typed cannot be taken; the saying tells why: the key of a sentence and the words that go into it. */
export class NotTaken extends Error {
  constructor(key, inside = {}) {
    super(key);
    this.saying = { key, words: inside };
  }
}

/** Return what `work` returns, or hand the saying to `refuse` when something cannot be taken. */
export function attempt(work, refuse) {
  try {
    return work();
  } catch (refusal) {
    if (!(refusal instanceof NotTaken)) throw refusal;
    return refuse(refusal.saying);
  }
}

/** Return whether a value is a set of named values. */
export function isNamed(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Return whether a value says nothing at all: empty, zero, false or missing. */
export function isEmpty(value) {
  return !value || (typeof value === "object" && !Object.keys(value).length);
}

/** Return how many characters a text has; a pair of surrogates is one. @param {string} text */
export function length(text) {
  return [...text].length;
}

/** Return a text without blanks around it. */
export function clean(raw, longest) {
  if (typeof raw !== "string") throw new NotTaken("text");
  if (length(raw) > longest) throw new NotTaken("too_long", { count: longest });
  if (BAD_CHARACTERS.test(raw)) throw new NotTaken("characters");
  return raw.replace(BLANKS, "");
}

/** Return a text that may be left out. */
export function words(raw, longest) {
  return isEmpty(raw) ? "" : clean(raw, longest);
}

/** Return a typed figure with the decimals of its unit. @returns {import("./sight.js").Figure} */
export function figure(raw, item, form) {
  const [places, lowest, highest] = unitOf(form, item);
  const text = typeof raw === "string" || Number.isInteger(raw) ? narrow(String(raw)) : "";
  const found = FIGURE.exec(text);
  const outside = new NotTaken("outside", { lowest: `${lowest}`, highest: `${highest}`, unit: item.unit ?? "" });
  if (!found) throw TOO_BIG.test(text) ? outside : new NotTaken("number");
  if ((found[1]?.length ?? 0) > places) throw new NotTaken("places", { places });
  const answer = decimal(text);
  if (below(answer, decimal(lowest)) || below(decimal(highest), answer)) throw outside;
  return rounded(answer, places);
}

/** Full-width digits are typed on Chinese keyboards. @param {string} text */
function narrow(text) {
  const narrowed = (sign) => ({ "−": "-", "。": "." })[sign] ?? String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
  return text.replace(BLANKS, "").replace(FULL_WIDTH, narrowed);
}

/** Return the number of photos that came with an answer. */
export function photos(raw) {
  if (raw === undefined || raw === null) return 0;
  if (!Number.isInteger(raw) || raw < 0 || raw >= BIGGEST) throw new NotTaken("photos");
  return raw;
}

/** Return whether the service was stopped and since which instant; a clock alone is one of `day`. */
export function stopped(raw, day) {
  if (!isNamed(raw) || typeof raw.stopped !== "boolean") throw new NotTaken("stop");
  if (!raw.stopped) return { stopped: false };
  const since = instant(words(raw.since, MAX_SINCE), day);
  if (!since) throw new NotTaken("since");
  return { stopped: true, since };
}

/** Return the instant a text names, in Shanghai and to the minute, or nothing. */
function instant(text, day) {
  if (CLOCK.test(text)) return `${day}T${text}${SHANGHAI}`;
  const [, date, clock, zone = SHANGHAI] = MOMENT.exec(text) ?? [];
  if (!date || !isDay(date)) return null;
  const at = Date.parse(`${date}T${clock}Z`) - ahead(zone) + ahead(SHANGHAI);
  return new Date(at).toISOString().slice(0, 16) + SHANGHAI;
}

/** The thirtieth of February reads as a day of March. @param {string} date */
function isDay(date) {
  const at = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}

/** Return by how much a zone is ahead of Greenwich. @param {string} zone */
function ahead(zone) {
  const [hours, minutes] = zone === "Z" ? [0, 0] : zone.slice(1).split(":").map(Number);
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}
