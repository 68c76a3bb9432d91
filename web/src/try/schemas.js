// What stands inside a schema, and where an error's path leads in it; the twins of src/signalbook/engine/subschemas.py and engine/problems.py.

import { isObject, unfolded } from "./jsontext.js";

const BRANCHES = ["allOf", "anyOf", "oneOf"];

/** Return a compiled contract whose numbers are replaced by the schemas of the pool that they stand for. */
export function unpacked(compiled, pool) {
  return { schema: expanded(compiled.schema, pool), inside: (compiled.inside ?? []).map((one) => ({ way: one.way, ...unpacked(one, pool) })) };
}

function expanded(schema, pool) {
  if (typeof schema === "number") return (pool.made[schema] ??= expanded(pool.schemas[schema], pool));
  if (!isObject(schema)) return schema;
  const out = { ...schema };
  for (const keyword of ["properties", "patternProperties"]) {
    if (keyword in out) out[keyword] = Object.fromEntries(Object.entries(out[keyword]).map(([name, inner]) => [name, expanded(inner, pool)]));
  }
  for (const keyword of [...BRANCHES, "items"]) {
    if (Array.isArray(out[keyword])) out[keyword] = out[keyword].map((inner) => expanded(inner, pool));
  }
  for (const keyword of ["items", "additionalItems", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"]) {
    if (keyword in out && !Array.isArray(out[keyword])) out[keyword] = expanded(out[keyword], pool);
  }
  return out;
}

/** Return the schemas that describe the same value as a schema does: itself, and the branches of its compositions. */
export function layers(schema) {
  if (!isObject(schema)) return [];
  const branches = [...BRANCHES.flatMap((keyword) => schema[keyword] ?? []), ...["then", "else"].flatMap((keyword) => schema[keyword] ?? [])];
  return [schema, ...branches.flatMap(layers)];
}

/** Return the properties that a schema declares for one object, those of its branches included, in order. */
export function declared(schema) {
  const found = new Map();
  for (const layer of layers(schema)) {
    for (const [name, inner] of Object.entries(layer.properties ?? {})) if ((found.get(name) ?? true) === true) found.set(name, inner);
  }
  return found;
}

/** Return the path and the text of each string of a value that a way leads to; it leads into strings that hold JSON text. */
export function textsAt(value, way, path = []) {
  if (!way.length) return typeof value === "string" ? [{ path, text: value }] : [];
  const [step, ...rest] = way;
  const here = unfolded(value);
  if (step === "*") {
    const members = Array.isArray(here) ? here.map((item, at) => [at, item]) : isObject(here) ? Object.entries(here) : [];
    return members.flatMap(([at, inner]) => textsAt(inner, rest, [...path, at]));
  }
  return isObject(here) && step in here ? textsAt(here[step], rest, [...path, step]) : [];
}

/** Return what stands at a path of a schema: the subschema, and the texts of the field it is for. */
export function place(schema, path) {
  let [node, description, form, nameFollows, unsourced] = [schema, null, null, false, isUnsourced(schema)];
  for (const step of path) {
    node = node[step];
    const isNamed = nameFollows;
    nameFollows = !isNamed && (step === "properties" || step === "patternProperties");
    if (!nameFollows) unsourced = isUnsourced(node) || (unsourced && !isNamed);
    if (isNamed || step === "items" || step === "additionalProperties") {
      const about = isObject(node) ? node : {};
      description = about.description || (isNamed ? null : description);
      form = about["x-form"] ?? null;
    }
  }
  return { node, description, form, unsourced };
}

/** Whether a schema says of itself that no document has it. */
export const isUnsourced = (schema) => isObject(schema) && (schema["x-evidence"] ?? "documented") !== "documented";

/** Return the path of the schema for the whole object, where `path` may lead to one branch of it. */
export function whole(path) {
  return path.length > 1 && BRANCHES.includes(path.at(-2)) ? whole(path.slice(0, -2)) : path;
}

/** Return the id of the row that describes a place of a body on the event's page, or null: the path without indices, as far as it is described. */
export function rowOf(checker, path) {
  let here = layers(checker.schema);
  const [steps, way] = [[], []];
  for (const step of path) {
    here = [...here, ...checker.inside.filter((one) => `${one.way}` === `${way}`).flatMap((one) => layers(one.schema))];
    if (typeof step === "number") here = here.flatMap((layer) => layers(layer.items));
    else {
      const own = here.filter((layer) => isObject(layer.properties) && Object.hasOwn(layer.properties, step));
      const maps = here.flatMap((layer) => [layer.additionalProperties, ...Object.values(layer.patternProperties ?? {})]).filter(isObject);
      if (!own.length && !maps.length) break;
      steps.push(own.length ? step : "*");
      here = own.length ? own.flatMap((layer) => layers(layer.properties[step])) : maps.flatMap(layers);
    }
    way.push(typeof step === "number" ? "*" : step);
  }
  return steps.length ? `f.${steps.join(".")}` : null;
}
