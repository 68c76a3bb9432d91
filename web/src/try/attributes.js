// What an envelope says of its event beside the name; the twin of src/signalbook/validation/attributes.py.

import { compact, shown } from "./jsontext.js";
import { SEVERITY } from "./judging.js";
import { didYouMean, nearest, pointer } from "./naming.js";
import { textAt } from "./recognition.js";

/** Return what is to be said about the attributes in the innermost envelope of an opened thing, if that names its event. */
export function attributesOf({ layers, clues, event }, version, { level }) {
  const name = clues.find((clue) => clue.part === "name")?.value;
  if (!layers.length || !name || event.match.name !== name) return [];
  const { envelope, value, path } = layers.at(-1);
  const findings = [];
  for (const rule of envelope.attributes) {
    const known = Object.hasOwn(event.attributes, rule.name) ? event.attributes[rule.name] : null;
    const text = textAt(value, rule.path);
    const match = text !== null && (known || rule.exclusive || rule.values) && new RegExp(rule.capture, "u").exec(text);
    const welcome = rule.values?.length === 0 ? [] : (known ?? (rule.exclusive ? [] : rule.values)) ?? [];
    if (!match || welcome.includes(match[1])) continue;
    const fault = faultOf(rule, welcome, match[1]);
    const severity = SEVERITY[level][fault.weight];
    const listed = fault.rule === "enum" ? rule.values : welcome;
    const expected = listed.map(compact).join(", ") || compact(text.slice(0, match[0].length - match[1].length - 1));
    const { message, hint } = fault;
    const place = pointer([...path, ...rule.path]);
    const contract = `${event.id}@${version}`;
    if (severity) findings.push({ rule: fault.rule, severity, pointer: place, message, expected, found: shown(text), hint, contract });
  }
  return findings;
}

function faultOf(rule, welcome, found) {
  if (!welcome.length) return { rule: "pattern", weight: "form", message: `unexpected ${rule.name}`, hint: rule.hint };
  if (found.includes("***")) return { rule: "masked-value", weight: "novelty", message: `the ${rule.name} is masked and cannot be checked further` };
  const near = nearest(found, welcome, 1);
  const hint = near.length ? didYouMean(near) : rule.values ? null : rule.hint;
  if (rule.values?.length && !rule.values.includes(found)) {
    return { rule: "enum", weight: "form", message: `the ${rule.name} is not a documented value`, hint };
  }
  return { rule: "unlisted-value", weight: "novelty", message: `the ${rule.name} is not a known value`, hint };
}
