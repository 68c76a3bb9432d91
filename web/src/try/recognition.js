// Which envelope is this? The twin of src/signalbook/registry/recognition.py: tests on keys and single values, no schema is tried.

import { compact, isObject, quoted, shown, unfolded } from "./jsontext.js";

const TYPES = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

export class Recogniser {
  constructor(envelopes, neighbours) {
    this.envelopes = envelopes;
    this.known = [...envelopes, ...neighbours];
  }

  /** Return what a payload fits best, by the number of telling keys and likely tests: one, or none, or several that nothing tells apart. */
  recognise(payload) {
    const fitting = this.known.filter((one) => fits(one.recognise, payload)).map((one) => ({ one, score: scoreOf(one.recognise, payload) }));
    const best = Math.max(0, ...fitting.map(({ score }) => score));
    return fitting.filter(({ score }) => score === best).map(({ one }) => one);
  }

  /** Return the envelope that comes nearest to an unrecognised payload, and what keeps it from fitting; null where nothing is near. */
  near(payload) {
    let best = null;
    for (const one of this.envelopes) {
      const count = present(one.recognise, payload).length;
      if (!count || count * 2 < one.recognise.least) continue;
      const misfits = misfitsOf(one.recognise, payload);
      if (!best || count > best.count || (count === best.count && misfits.length < best.misfits.length)) best = { one, count, misfits };
    }
    return best;
  }
}

const present = (rule, payload) => rule.keys.filter((key) => key in payload);

function fits(rule, payload) {
  if (!rule.keys.some((key) => key in payload)) return false;
  if (present(rule, payload).length < rule.least || rule.absent.some((key) => key in payload)) return false;
  if (rule.some.length && !rule.some.some(({ path, test }) => holds(test, valueAt(payload, path)))) return false;
  if (!rule.values.every(({ path, test }) => passes(test, valueAt(payload, path)))) return false;
  return rule.inside.every(({ path, keys, least }) => holdsKeys(firstAt(payload, path), keys, least));
}

function scoreOf(rule, payload) {
  return present(rule, payload).length + rule.likely.filter(({ path, test }) => holds(test, valueAt(payload, path))).length;
}

function misfitsOf(rule, payload) {
  const found = [];
  if (present(rule, payload).length < rule.least) {
    found.push(`it lacks ${rule.keys.filter((key) => !(key in payload)).map(quoted).join(", ")}`);
  }
  found.push(...rule.absent.filter((key) => key in payload).map((key) => `it has ${quoted(key)}`));
  if (rule.some.length && !rule.some.some(({ path, test }) => holds(test, valueAt(payload, path)))) {
    found.push(`it has none of ${rule.some.map(({ path, test }) => named(path, test)).join(", ")}`);
  }
  for (const { path, test } of rule.values) {
    const value = valueAt(payload, path);
    if (!passes(test, value)) found.push(`its ${quoted(path.join("/"))} is ${shown(value)}, not ${wanted(test)}`);
  }
  for (const { path, keys, least } of rule.inside) {
    if (!holdsKeys(firstAt(payload, path), keys, least)) found.push(`its ${quoted(path.join("/"))} has fewer than ${least} of ${keys.join(", ")}`);
  }
  return found;
}

const isEmpty = (test) => !Object.keys(test).length;
const named = (path, test) => quoted(path.join("/")) + (isEmpty(test) ? "" : ` as ${wanted(test)}`);

function wanted(test) {
  if ("type" in test) return `of type ${test.type}`;
  return "enum" in test ? test.enum.map(compact).join(" or ") : `a string that starts with ${quoted(test.prefix)}`;
}

/** Whether a value passes a test; one that is absent does, and so does one that is not even of the test's type. */
function passes(test, value) {
  if (value === undefined) return true;
  if ("type" in test) return TYPES[test.type](value);
  return typeof value !== "string" || isSo(test, value);
}

/** Whether something is there, and passes the test where there is one. */
function holds(test, value) {
  if (value === undefined || isEmpty(test)) return value !== undefined;
  return "type" in test ? passes(test, value) : typeof value === "string" && isSo(test, value);
}

const isSo = (test, text) => ("enum" in test ? test.enum.includes(text) : text.startsWith(test.prefix));

/** Whether an object has enough of some keys; what is absent or no object is left to the contract. */
const holdsKeys = (value, keys, least) => !isObject(value) || keys.filter((key) => key in value).length >= least;

/** Return what a path leads to, or undefined where it leads nowhere. It may lead through strings that hold JSON text. */
export function valueAt(value, path) {
  for (const step of path) {
    const holder = unfolded(value);
    if (!isObject(holder) || !(step in holder)) return undefined;
    value = holder[step];
  }
  return value;
}

/** Return what a path leads to, with * for the first item of an array. */
function firstAt(value, path) {
  return path.reduce((here, step) => (step === "*" && Array.isArray(here) ? here[0] : valueAt(here, [step])), value);
}

/** Return the string a path leads to, or null where there is none. */
export function textAt(value, path) {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : null;
}
