// Errors → problems: what was expected, what was found, what was probably meant; one for each fault. The twin of src/signalbook/engine/messages.py.

import { compact, isObject, keysOf, quoted, shown, shownAt, unfolded } from "./jsontext.js";
import { byCharacter, didYouMean, nearest } from "./naming.js";
import { declared, isUnsourced, place, whole } from "./schemas.js";

const BASIC = ["type", "const", "enum", "pattern", "format"];
const ORDER = ["novelty", "unsourced", "form", "guarantee"];
const FORMS = new Set([
  ...["enum", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "propertyNames", "contains", "not", "if", "then", "else"],
]);
const MASK = "***";
const MESSAGES = {
  type: "wrong type",
  const: "is not the required value",
  enum: "is not a documented value",
  "unlisted-value": "is not a known value",
  pattern: "does not match the documented format",
  format: "does not match the documented format",
  anyOf: "matches none of the documented alternatives",
  oneOf: "must match exactly one of the documented alternatives",
  minLength: "is too short",
  maxLength: "is too long",
  minimum: "is too small",
  exclusiveMinimum: "is too small",
  maximum: "is too large",
  exclusiveMaximum: "is too large",
  multipleOf: "is not a multiple of the documented step",
  minItems: "has too few items",
  maxItems: "has too many items",
  uniqueItems: "has duplicate items",
  contains: "has no item of the documented form",
  minProperties: "has too few fields",
  maxProperties: "has too many fields",
  not: "has a form that is not allowed",
  falseSchema: "must not be present",
};
const UNSOURCED = {
  enum: "is not a known value",
  pattern: "does not match the known format",
  format: "does not match the known format",
};
const BOUNDS = { exclusiveMinimum: "more than", exclusiveMaximum: "less than", multipleOf: "a multiple of" };

/** Whether a problem is about which fields there are and of which type, and not about what a value says. */
export const isStructural = (problem) => problem.rule === "unknown-field" || (problem.weight === "guarantee" && problem.rule !== "const");

/** Return the problems that one error of the schema's validator stands for. */
export function explain(error, schema, value) {
  const here = error.path.reduce((inner, step) => inner[step], value);
  const there = place(schema, error.where);
  const { path, params } = error;
  if (error.keyword === "required") return [missing(params.missingProperty, path, here, declared(place(schema, whole(error.where)).node))];
  if (error.keyword === "additionalProperties") return [unknownField(params.additionalProperty, path, here, declared(there.node))];
  if (error.keyword === "propertyNames") {
    const key = params.propertyName;
    const message = `the key ${quoted(key)} does not match the documented format`;
    const expected = formOf(there.node.propertyNames);
    return [{ rule: "propertyNames", weight: there.unsourced ? "unsourced" : "form", path: [...path, key], message, field: key, expected, found: compact(key) }];
  }
  const fits = masked(error, there.node, here);
  if (fits) {
    const message = "is masked and cannot be checked further";
    return [{ rule: "masked-value", weight: "novelty", path, message, expected: fits, found: shown(here), description: there.description }];
  }
  const { rule, expected, hint } = expectation(error, there, here);
  const weight = weightOf(error, schema);
  const message = (weight === "unsourced" && UNSOURCED[rule]) || (MESSAGES[rule] ?? `violates ${rule}`);
  return [{ rule, weight, path, message, expected, found: shownAt(value, path), hint, description: there.description }];
}

/** Return what a masked text (`St***ng`) may stand for, or null where it is not masked or fits nothing. */
function masked({ keyword }, node, here) {
  if (typeof here !== "string" || !here.includes(MASK)) return null;
  if (keyword === "enum") return node.enum.filter((option) => masks(here, option)).map(compact).join(", ") || null;
  if (keyword === "const") return masks(here, node.const) ? compact(node.const) : null;
  if (keyword === "format" || (keyword === "pattern" && !admitsMasks(node.pattern))) return "a string in the documented format";
  return null;
}

/** Whether a pattern has a place where an asterisk may stand: then it was broken by something else. */
function admitsMasks(pattern) {
  return (pattern.match(/\[\^?(?:\\.|[^\]\\])*\]|\\\*/gsu) ?? []).some((part) => new RegExp(`^(?:${part})$`, "u").test("*"));
}

function masks(text, option) {
  const head = text.slice(0, text.indexOf(MASK));
  const tail = text.slice(head.length + MASK.length).replace(/^\*+/, "");
  return typeof option === "string" && option.startsWith(head) && option.endsWith(tail) && [...option].length > [...head].length + [...tail].length;
}

function missing(name, path, here, known) {
  const instead = nearest(name, Object.keys(here).filter((key) => !known.has(key)), 1)[0] ?? null;
  const hint = instead === null ? null : `found ${quoted(instead)}: did you mean ${quoted(name)}?`;
  const form = formOf(known.get(name));
  const expected = `the field ${quoted(name)}${form ? `, ${form}` : ""}`;
  const description = known.get(name)?.description ?? null;
  const texts = { message: `${quoted(name)} is missing`, expected, found: keysOf(here), hint, description };
  return { rule: "required", weight: "guarantee", path, field: name, instead, ...texts };
}

function unknownField(name, path, here, known) {
  const candidates = nearest(name, [...known.keys()].filter((key) => !(key in here)), 1);
  const hint = candidates.length ? didYouMean(candidates) : null;
  const texts = { message: `unknown field ${quoted(name)}`, found: shownAt(here, [name]), hint };
  return { rule: "unknown-field", weight: "novelty", path: [...path, name], field: name, ...texts };
}

/** Return the finding's rule, what was expected, and a suggestion. */
function expectation({ keyword, params, branches }, { node, form }, here) {
  switch (keyword) {
    case "type": {
      const isText = typeof here === "string" && ![node.type].flat().includes("string") && typeof unfolded(here) === "object";
      return { rule: "type", expected: typesOf(node), hint: isText ? "the string contains JSON: something in transit encoded the object as a string, so decode it once more" : null };
    }
    case "const":
      return { rule: "const", expected: compact(node.const), hint: suggestion(here, [node.const]) };
    case "enum":
      return { rule: "x-known" in node ? "unlisted-value" : "enum", expected: node.enum.map(compact).join(", "), hint: suggestion(here, node.enum) };
    case "pattern":
    case "format":
      return { rule: keyword, expected: form ?? node["x-form"] ?? `a string that matches the ${keyword} ${node[keyword]}`, hint: null };
    case "anyOf":
    case "oneOf": {
      const parts = node[keyword].map((branch, at) => branchForm(branches.get(String(at)) ?? [], branch));
      return { rule: keyword, expected: [...new Set(parts)].filter(Boolean).join(" or "), hint: null };
    }
    default: {
      const bound = BOUNDS[keyword] ?? (keyword.startsWith("min") ? "at least" : keyword.startsWith("max") ? "at most" : keyword);
      const limit = params.limit ?? params.multipleOf;
      return { rule: keyword, expected: limit === undefined ? null : `${bound} ${limit}`, hint: null };
    }
  }
}

function branchForm(errors, branch) {
  return (errors.length && formOf(branch)) || errors.map(({ keyword, params }) => `${keyword} ${Object.values(params)[0]}`).join(", ");
}

/** Alternatives weigh as much as the mildest of their branches, and a branch as much as the worst of its errors. */
function weightOf({ keyword, where, branches }, schema) {
  const { node, unsourced } = place(schema, where);
  if (keyword === "additionalProperties" || (keyword === "enum" && "x-known" in node)) return "novelty";
  if (!branches) return !FORMS.has(keyword) ? "guarantee" : unsourced ? "unsourced" : "form";
  if (branches.size < node[keyword].length) return node[keyword].some((branch) => loosens(branch, unsourced)) ? "unsourced" : "form";
  const ranks = [...branches.values()].map((errors) => Math.max(...errors.map((inner) => ORDER.indexOf(weightOf(inner, schema)))));
  return ORDER[Math.min(...ranks)];
}

/** Whether the documented reading of a schema, in a field that may be unsourced, leaves out a form that it has. */
function loosens(schema, isFieldUnsourced = false) {
  if (!isObject(schema)) return false;
  const unsourced = isFieldUnsourced || isUnsourced(schema);
  const fields = [...Object.values(schema.properties ?? {}), ...Object.values(schema.patternProperties ?? {})];
  const parts = [...["allOf", "anyOf", "oneOf"].flatMap((keyword) => schema[keyword] ?? []), schema.items, schema.additionalProperties];
  if (unsourced && Object.keys(schema).some((keyword) => FORMS.has(keyword))) return true;
  return parts.some((inner) => loosens(inner, unsourced)) || fields.some((inner) => loosens(inner));
}

/** Keep one problem for each place, the most basic; drop an unknown field that a missing one's hint already names. */
export function oneForEachFault(problems) {
  const kept = new Map();
  for (const problem of problems) {
    const key = JSON.stringify([problem.path, problem.field ?? null]);
    if (!kept.has(key) || isMoreBasic(problem, kept.get(key))) kept.set(key, problem);
  }
  const misspelt = new Set([...kept.values()].filter((one) => one.instead).map((one) => JSON.stringify([...one.path, one.instead])));
  const out = [...kept.values()].filter((one) => one.rule !== "unknown-field" || !misspelt.has(JSON.stringify(one.path)));
  return out.sort((one, other) => byPath(one.path, other.path) || byCharacter(one.field ?? "", other.field ?? ""));
}

function isMoreBasic(one, other) {
  const rank = ({ rule }) => (BASIC.includes(rule) ? BASIC.indexOf(rule) : BASIC.length);
  return (ORDER.indexOf(other.weight) - ORDER.indexOf(one.weight) || rank(one) - rank(other)) < 0;
}

/** Compare two paths step by step, indices before keys. */
function byPath(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const [a, b] = [one[at], other[at]];
    const difference = typeof a === typeof b ? (typeof a === "number" ? a - b : byCharacter(a, b)) : typeof a === "number" ? -1 : 1;
    if (difference) return difference;
  }
  return one.length - other.length;
}

function suggestion(here, options) {
  const words = options.filter((option) => typeof option === "string");
  const candidates = typeof here === "string" ? nearest(here, words, 1) : [];
  return candidates.length ? didYouMean(candidates) : null;
}

/** Return what a schema expects, in a few words, as far as it says so itself. */
function formOf(node) {
  if (!isObject(node)) return null;
  const all = [node, ...(node.allOf ?? [])].filter(isObject);
  for (const inner of all) {
    if ("x-form" in inner) return inner["x-form"];
    if ("const" in inner) return compact(inner.const);
    if ("enum" in inner && !("x-known" in inner)) return `one of ${inner.enum.map(compact).join(", ")}`;
  }
  const typed = all.find((inner) => "type" in inner);
  return typed ? typesOf(typed) : null;
}

const typesOf = (node) => [node.type].flat().join(" or ");
