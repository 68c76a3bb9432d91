// One index over events, envelopes, fields, values, names and pages. MiniSearch looks through it; in which order hits come is ours:
// what is called just so, then whole words in names, beginnings of words, whole words in texts, and at last what is nearly spelt so.
import MiniSearch from "minisearch";

import { asked, isChinese, whole, words } from "./words.js";

const KINDS = { event: 3, envelope: 2, group: 2, overview: 1.5, name: 1.2, page: 1.2, field: 1 };
const FIRST = ["overview", "event", "envelope", "group", "name", "page", "field"];
const NAMES = ["name", "title", "zh", "id", "names", "values", "said"];
const EVERYTHING = [...NAMES, "about", "text"];
const FEW = 5;

// What people say, and what the pages say.
const SAID = [
  [/\b(vs ?code|visual studio code)\b/gi, "vs code"],
  [/\btime ?zones?\b/gi, "time utc"],
  [/\bexit (?:status|code)s?\b/gi, "exit codes"],
  [/\b(?:invalid|broken|bad) json\b/gi, "not json"],
  [/\b(?:ci|github|gitlab) action(s?)\b/gi, "github action$1"],
  [/\b(?:json )?schema urls?\b/gi, "schema address"],
  [/^(\S+) (?:values?|formats?|types?|meaning)$/i, "$1"],
  [/^what is an? (\S+)$/i, "$1"],
  [/\b(?:golang|go|java|typescript|javascript)\b/gi, "other languages"],
  [/^(strict|tolerant)(?: mode)?$/i, "$1 level"],
  [/^witness(?:es)?$/i, "witness decided"],
];

const leaf = (path) => path.slice(path.lastIndexOf(".") + 1);
const bare = (path) => path.replaceAll("[]", "");

function fieldEntries(found) {
  return found.fields.map(([page, path, type, values, about]) => {
    const owner = found.pages[page];
    const url = `${owner.url}#${encodeURI(`f.${bare(path)}`)}`;
    return { kind: "field", name: path, id: owner.id, about, said: owner.title, values, type, url, leaf: leaf(bare(path)), owner };
  });
}

function groupEntries(fields) {
  const names = new Map();
  for (const field of fields) {
    if (field.leaf === "*") continue;
    if (!names.has(field.leaf)) names.set(field.leaf, new Set());
    names.get(field.leaf).add(field.owner);
  }
  return [...names].flatMap(([name, owners]) => {
    if (owners.size < 2) return [];
    const events = [...owners].filter((one) => one.kind === "event").length;
    const said = [[events, "event"], [owners.size - events, "envelope"]].filter(([count]) => count).map(([count, kind]) => `${count} ${kind}${count === 1 ? "" : "s"}`);
    const url = `catalogue/fields/?text=${encodeURIComponent(name.toLocaleLowerCase())}#n.${encodeURIComponent(name)}`;
    return { kind: "group", name, title: "", tail: `a field of ${said.join(" and ")}`, url };
  });
}

function pageEntries(pages) {
  return pages.map(({ url, page, id, title, text }) => {
    const isWhole = !id || whole(title) === whole(page);
    const place = `${url === "./" ? "" : url}${isWhole ? "" : `#${id}`}`;
    return { kind: "page", title: isWhole ? page : title, page: isWhole ? "" : page, said: isWhole ? "" : page, id: url.replace(/[/#]+/g, " "), text, url: place };
  });
}

// A page's text before its first heading and the text below its own title are one.
function joined(entries) {
  const out = new Map();
  for (const entry of entries) {
    const before = out.get(entry.url);
    if (before) before.text += ` ${entry.text}`;
    else out.set(entry.url, entry);
  }
  return [...out.values()];
}

// A value that only older versions list says until which; it is asked for without that.
const former = (entry) => (entry.kind === "field" ? entry.values.map((value) => value.replace(/ \(until [\d.]+\)$/, "")) : []);

/** Return what an entry is called: each of them, asked for as it is, gives it first. */
function called(entry) {
  const last = entry.kind === "event" || entry.kind === "envelope" ? [entry.id, entry.id.split("/").pop()] : [];
  const path = entry.kind === "field" ? [bare(entry.name), entry.leaf] : [];
  const names = [entry.name, entry.title, entry.zh, ...(entry.names ?? []), ...last, ...path, ...former(entry)].filter(Boolean);
  return [...names.map(whole), ...names.map((name) => asked(name).join(" "))];
}

export class Index {
  /** `found` is the catalogue's index, `pages` the text of the other pages by heading. */
  constructor(found, pages) {
    const fields = fieldEntries(found);
    this.entries = [...found.pages, ...groupEntries(fields), ...joined(pageEntries(pages)), ...fields];
    this.called = new Map();
    this.entries.forEach((entry, number) => {
      for (const name of new Set(called(entry))) this.called.set(name, [...(this.called.get(name) ?? []), number]);
    });
    this.search = new MiniSearch({ fields: EVERYTHING, idField: "number", tokenize: words, processTerm: (term) => term });
    const texts = (entry) => Object.fromEntries(EVERYTHING.map((name) => [name, [entry[name] ?? ""].flat().join(" ")]));
    this.search.addAll(this.entries.map((entry, number) => ({ ...texts(entry), number })));
  }

  /** Return the hits for what somebody typed, best first, and a note where something else than that was looked for. */
  find(typed) {
    const same = ({ entry }) => Number([entry.name, entry.leaf, entry.title].includes(typed));
    const exact = this.#named(whole(typed)).sort((one, two) => same(two) - same(one));
    const other = exact.length ? null : shortened(typed).find((one) => this.#named(whole(one.name), one.kinds).length && (one.certain || !this.#all(typed).length));
    if (other) return { hits: merged(this.#named(whole(other.name), other.kinds), this.#all(other.name)), note: ` for ${other.name}: nothing is called ${typed}` };
    const said = SAID.reduce((text, [pattern, to]) => text.replace(pattern, to), typed);
    const short = whole(asked(typed).join(" "));
    const meant = said === typed ? [] : merged(this.#named(whole(said)), this.#all(said));
    const hits = merged(exact, this.#named(short), meant, this.#all(typed));
    if (hits.length) return { hits, note: "" };
    return { hits: this.#some(typed), note: " with some of these words" };
  }

  /** Return entries that are called nearly so, for what was not found. */
  near(typed) {
    const options = { tokenize: asked, fields: ["name", "title", "names", "id"], combineWith: "OR", fuzzy: 0.34, maxFuzzy: 4, boostDocument: this.#boost };
    const hits = this.#hits(this.search.search(typed, options));
    return hits.filter((hit, place) => hits.findIndex((one) => shownName(one.entry) === shownName(hit.entry)) === place).slice(0, 3);
  }

  #boost = (number) => KINDS[this.entries[number].kind];

  #hits(results) {
    return results.map((result) => ({ entry: this.entries[result.id], terms: result.terms, count: result.queryTerms.length }));
  }

  #named(name, kinds = FIRST) {
    const numbers = (this.called.get(name) ?? []).filter((number) => kinds.includes(this.entries[number].kind));
    const order = (number) => FIRST.indexOf(this.entries[number].kind);
    // A field whose whole path this is goes before one that only ends so.
    const ends = (number) => Number(whole(bare(this.entries[number].name ?? "")) !== name);
    return numbers.sort((one, two) => order(one) - order(two) || ends(one) - ends(two)).map((number) => ({ entry: this.entries[number], terms: asked(name) }));
  }

  #pass(typed, fields, prefix, fuzzy, combineWith = "AND") {
    const boost = { name: 5, title: 4, names: 4, zh: 4, id: 3, values: 2 };
    const begins = (term) => prefix && (term.length > 1) !== isChinese(term);
    const near = (term) => (fuzzy && term.length > 4 && /^\p{L}/u.test(term) && !isChinese(term) ? 0.2 : false);
    return this.#hits(this.search.search(typed, { tokenize: asked, combineWith, fields, prefix: begins, fuzzy: near, boost, boostDocument: this.#boost }));
  }

  #all(typed) {
    const passes = [[NAMES, false, false], [NAMES, true, false], [EVERYTHING, false, false], [EVERYTHING, true, false]];
    const sure = merged(...passes.map((pass) => this.#pass(typed, ...pass)));
    return sure.length >= FEW ? sure : merged(sure, this.#pass(typed, NAMES, true, true), this.#pass(typed, EVERYTHING, true, true));
  }

  #some(typed) {
    const hits = merged(this.#pass(typed, EVERYTHING, false, false, "OR"), this.#pass(typed, EVERYTHING, true, true, "OR"));
    return asked(typed).length > 1 ? hits.sort((one, two) => two.count - one.count) : [];
  }
}

const shownName = (entry) => entry.name || entry.title;

/** Return what a name or a path says when a part of it is left out, in the order to try: names arrive with what happened at their end, paths with an envelope at their beginning. */
function shortened(typed) {
  const text = typed.trim().replace(/: /g, ":");
  const out = [];
  if (/\s/.test(text)) return out;
  for (let name = text; name.includes(":"); ) {
    name = name.slice(0, name.lastIndexOf(":"));
    out.push({ name, kinds: ["event", "name"], certain: true });
  }
  const steps = text.split(/[./]/).filter((step) => step && !/^(?:\d+|\[\d*\]|\*)$/.test(step)).map((step) => step.replace(/\[\d*\]/g, ""));
  // a/b may be the address of a page; a.b and /a/b are paths.
  const certain = text.startsWith("/") || !text.includes("/");
  if (/[./]/.test(text)) steps.forEach((_, place) => out.push({ name: steps.slice(place).join("."), kinds: ["group", "field"], certain }));
  return out;
}

function merged(...lists) {
  const seen = new Set();
  return lists.flat().filter(({ entry }) => !seen.has(entry) && seen.add(entry));
}
