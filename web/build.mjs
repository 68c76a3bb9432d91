// Bundles what the pages run in a browser into src/signalbook/site/assets: `node build.mjs` writes, `node build.mjs --check` compares.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ASSETS = join(HERE, "..", "src", "signalbook", "site", "assets");
const ENTRIES = { "try.js": "src/try/main.js", "try-engine.js": "src/try/checking.js", "find.js": "src/find.js", "catalogue.js": "src/catalogue.js" };

/** Return a bundle's text: minified, the same for the same sources wherever it is made. */
async function bundled(entry) {
  const result = await build({
    entryPoints: [join(HERE, entry)],
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    // Ajv compares values with a library that calls a payload's own "valueOf"; and it brings a parser of URLs, of which our schemas have none.
    alias: { "fast-deep-equal": "./src/try/equal.cjs", "fast-uri": "./src/try/no-uri.cjs" },
  });
  return `${banner(Object.keys(result.metafile.inputs))}\n${result.outputFiles[0].text}`;
}

/** Return the licence notice of the packages whose files are in a bundle. */
function banner(inputs) {
  const names = inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean);
  const lines = [...new Set(names)].sort().map((name) => {
    const { version, license } = JSON.parse(readFileSync(join(HERE, "node_modules", name, "package.json"), "utf8"));
    return ` * ${name} ${version} (${license}): ${copyright(name)}`;
  });
  const own = " * signalbook (Apache-2.0). Made from web/ by `npm run build`; do not edit.";
  return ["/*!", own, ...lines, " */"].join("\n");
}

function copyright(name) {
  const folder = join(HERE, "node_modules", name);
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((one) => join(folder, one)).find(existsSync);
  const found = /^\s*(?:\(C\)|Copyright).*$/im.exec(file ? readFileSync(file, "utf8") : "");
  return found ? found[0].trim() : "see its package";
}

const isCheck = process.argv.includes("--check");
let stale = 0;
for (const [name, entry] of Object.entries(ENTRIES)) {
  if (!existsSync(join(HERE, entry))) continue;
  const target = join(ASSETS, name);
  const text = await bundled(entry);
  if (!isCheck) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    stale += 1;
    console.error(`${relative(process.cwd(), target)} is not what its sources make: run 'npm run build' in web/`);
  }
}
process.exitCode = stale ? 1 : 0;
