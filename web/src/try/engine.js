// Schema + value → problems; the twin of src/signalbook/engine/. Ajv decides; `errors` sorts what it reports, `explain` puts it into words.

import Ajv from "ajv";

import { arranged } from "./errors.js";
import { explain, oneForEachFault } from "./explain.js";
import { FORMATS } from "./formats.js";
import { loadsText, NotJSON, shown } from "./jsontext.js";
import { textsAt, unpacked } from "./schemas.js";

const ajv = new Ajv({
  allErrors: true,
  strict: false,
  validateSchema: false,
  meta: false,
  addUsedSchema: false,
  logger: false,
  formats: FORMATS,
  code: { regExp: Object.assign(patternOf, { code: "patternOf" }) },
});

/** Return a pattern of a schema: a dot is any character but \n to the engine of the kit, and to JavaScript any but four line ends. */
function patternOf(text) {
  return new RegExp(text.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gsu, (part) => (part === "." ? "[^\\n]" : part)), "u");
}

/** One contract, compiled when it is first asked. */
export class Checker {
  constructor({ schema, inside }) {
    this.schema = schema;
    this.inside = inside.map((one) => ({ way: one.way, schema: one.schema, checker: new Checker(one) }));
  }

  /** Return the checker of a contract of the registry's data. */
  static of(compiled, pool) {
    return new Checker(unpacked(compiled, pool));
  }

  /** Return every problem of a value, and of the JSON text in its strings, one for each fault, in the order of the value's paths. */
  problems(value) {
    const found = this.inside.flatMap(({ way, checker }) => textsAt(value, way).flatMap((one) => problemsInText(one, checker)));
    this.validate ??= ajv.compile(this.schema);
    if (!this.validate(value)) found.push(...arranged(this.validate.errors, value).flatMap((error) => explain(error, this.schema, value)));
    return found.length ? oneForEachFault(found) : [];
  }
}

function problemsInText({ path, text }, checker) {
  try {
    return checker.problems(loadsText(text)).map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
  } catch (fault) {
    if (!(fault instanceof NotJSON)) throw fault;
    const message = `must contain JSON text: ${fault.message}`;
    return [{ rule: "json-text", weight: "guarantee", path, message, expected: "a string with JSON text", found: shown(text), hint: fault.hint }];
  }
}
