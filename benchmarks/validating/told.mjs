// A loop over ajv that is told the schemas of each payload: as told.py, with the same words on its command line but the name of a library.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The packages lie in the cache folder, not beside this file.
const require = createRequire(`${process.env.PEERS}/package.json`);
const Ajv = require("ajv").default;
const addFormats = require("ajv-formats").default;

// The first fault is enough, which is its fastest way; "strict" only speaks of how schemas are written.
const ajv = new Ajv({ strict: false, allErrors: false, logger: false });
addFormats(ajv);

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const [mode, schemas, ...rest] = process.argv.slice(2);

if (mode === "files") {
  const accepts = ajv.compile(read(schemas));
  process.exitCode = rest.map((file) => accepts(read(file))).every(Boolean) ? 0 : 1;
} else {
  const told = readFileSync(rest[0], "utf8").split("\n").slice(0, Number(rest[1])).filter(Boolean);
  const work = told.map((line) => {
    const tab = line.indexOf("\t");
    return [JSON.parse(line.slice(0, tab)), line.slice(tab + 1)];
  });
  const names = new Set(work.flatMap(([parts]) => parts.map(([name]) => name)));
  const ready = new Map([...names].map((name) => [name, ajv.compile(read(`${schemas}/${name}.json`))]));
  const unfolded = (value) => (typeof value === "string" ? JSON.parse(value) : value);
  let refused = 0;
  const start = performance.now();
  for (const [parts, text] of work) {
    const values = [JSON.parse(text)]; // the value of each part stands one place further on, and -1 is the payload
    for (const [name, outer, steps] of parts) {
      const value = unfolded(steps.reduce((inner, step) => unfolded(inner)[step], values[outer + 1]));
      values.push(value);
      if (!ready.get(name)(value)) {
        refused += 1;
        break;
      }
    }
  }
  console.log((performance.now() - start) / 1000, refused);
}
