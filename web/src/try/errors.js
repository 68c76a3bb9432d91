// Ajv's flat list of errors → errors that hold those of their branches, with paths as keys and indices, as jsonschema-rs reports them.

import { tokens } from "./naming.js";

const COMPOSED = new Set(["anyOf", "oneOf", "not", "contains", "propertyNames"]);

/** Return the errors of one validation of `value`, those of branches inside the error of their composition. */
export function arranged(errors, value) {
  const kept = [];
  for (const raw of errors) {
    if (raw.keyword === "if") continue; // what `then` or `else` found stands beside it
    const error = { keyword: raw.keyword === "false schema" ? "falseSchema" : raw.keyword, params: raw.params, raw, inner: [] };
    if (COMPOSED.has(raw.keyword)) while (kept.length && stands(kept.at(-1).raw, raw)) error.inner.unshift(kept.pop());
    kept.push(error);
  }
  return kept.map((error) => placed(error, value));
}

/** Whether an error comes from a branch of another: Ajv reports branches first. */
function stands(inner, outer) {
  const isInside = (place, around) => place === around || place.startsWith(`${around}/`);
  return inner.schemaPath.startsWith(`${outer.schemaPath}/`) && isInside(inner.instancePath, outer.instancePath);
}

function placed(error, value) {
  const where = tokens(error.raw.schemaPath).map(decodeURIComponent);
  const inner = error.inner.map((one) => placed(one, value));
  const { keyword, params } = error;
  const branches = keyword === "anyOf" || keyword === "oneOf" ? grouped(inner, where.length) : null;
  return { keyword, params, path: pathOf(error.raw.instancePath, value), where: where.slice(0, -1), keys: where, inner, branches };
}

/** Return the path that a JSON Pointer spells in a value, with indices as numbers. */
function pathOf(pointer, value) {
  let here = value;
  return tokens(pointer).map((token) => {
    const step = Array.isArray(here) ? Number(token) : token;
    here = here[step];
    return step;
  });
}

/** Return the errors of each branch, by the branch's place in the schema; one that found nothing is not among them. */
function grouped(inner, depth) {
  const branches = new Map();
  for (const error of inner) {
    const branch = error.keys[depth];
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  return branches;
}
