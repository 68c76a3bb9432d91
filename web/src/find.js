// Finding: the dialog of the theme, wired to the index over events, envelopes, fields, values, names and pages, in English and Chinese.
import { Index } from "./find/index.js";
import { around, asked, marked } from "./find/words.js";

const MOST = 40;
const ALIKE = 4;
const PROMPT = "Type an event, a field, a value, a word of a page, or a 中文 title.";
// The theme's colours; the sheet is here because only this script marks anything.
const STYLE = "#find-results mark { background: color-mix(in srgb, var(--accent) 22%, var(--bg)); color: var(--fg); border-radius: 2px; }";

/** Return the hits that are shown: of fields that have one name only the first few, for the line of the name leads to all. */
function few(hits) {
  const count = new Map();
  const grouped = new Set(hits.filter(({ entry }) => entry.kind === "group").map(({ entry }) => entry.name));
  return hits.filter(({ entry }) => {
    if (entry.kind !== "field") return true;
    count.set(entry.leaf, (count.get(entry.leaf) ?? 0) + 1);
    return count.get(entry.leaf) <= ALIKE || !grouped.has(entry.leaf);
  });
}

function head(entry) {
  if (entry.kind === "field" || entry.kind === "group") return entry.name;
  return entry.page ? `${entry.page} › ${entry.title}` : entry.title;
}

function small(entry, terms) {
  if (entry.kind === "group") return "field · opens all its places";
  if (entry.kind === "page") return ["page", around(entry.text, terms)].filter(Boolean).join(" · ");
  const kind = { name: "known by name only", overview: "page" }[entry.kind] ?? entry.kind;
  const isContract = entry.kind === "event" || entry.kind === "envelope";
  const names = isContract ? [entry.id, entry.name, ...(entry.names ?? []).filter((name) => asked(name).some((word) => terms.has(word)))] : [];
  const values = (Array.isArray(entry.values) ? entry.values : []).filter((value) => asked(value).some((word) => terms.has(word)));
  return [kind, ...names, entry.about, values.length ? `among its values: ${values.join(", ")}` : ""].filter(Boolean).join(" · ");
}

function line({ entry, terms }, root, number, typed) {
  const found = new Set([...asked(typed), ...terms]);
  const link = document.createElement("a");
  link.href = root + entry.url;
  link.id = `found-${number}`;
  link.setAttribute("role", "option");
  link.tabIndex = -1;
  const name = document.createElement("b");
  name.append(...marked(head(entry), found));
  const rest = entry.kind === "group" ? `: ${entry.tail}` : entry.kind === "field" ? ` in ${entry.id}` : entry.zh ? ` ${entry.zh}` : "";
  const about = document.createElement("small");
  about.append(...marked(small(entry, found), found));
  link.append(name, ...marked(rest, found), about);
  return link;
}

/** Return what to do where nothing was found, as hits. */
function instead(index, typed) {
  const near = index.near(typed).map((hit) => ({ ...hit, terms: [] }));
  const page = (title, about, url) => ({ entry: { kind: "overview", title, about, url }, terms: [] });
  return [
    ...near,
    page("Try it: paste the whole payload", "It says what it is, even when no name is known.", "catalogue/try/"),
    page("All fields", "Every field name of the catalogue, and where it stands.", "catalogue/fields/"),
  ];
}

function answer(index, typed) {
  if (!typed) return { hits: [], said: PROMPT };
  if (!asked(typed).length) return { hits: [], said: "Type a little more: single letters are not looked for." };
  const { hits, note } = index.find(typed);
  if (!hits.length) return { hits: instead(index, typed), said: "0 found. What may help:" };
  const shown = few(hits).slice(0, MOST);
  return { hits: shown, said: `${hits.length} found${note}${shown.length < hits.length ? `, ${shown.length} are shown` : ""}` };
}

/** Wire the dialog of the theme to the index. `root` is the relative URL of the site. */
export default async function wire(root, dialog) {
  const input = dialog.querySelector("#find-words");
  const list = dialog.querySelector("#find-results");
  const count = dialog.querySelector("#find-count");
  count.textContent = "Loading the index …";
  const fetched = (url) => fetch(root + url).then((got) => (got.ok ? got.json() : Promise.reject(new Error(`${url}: ${got.status}`))));
  const [found, pages] = await Promise.all([fetched("catalogue/assets/find.json"), fetched("find-pages.json").catch(() => [])]);
  const index = new Index(found, pages);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets.push(sheet);
  let chosen = 0;

  const choose = (number) => {
    const links = [...list.children];
    chosen = links.length ? (number + links.length) % links.length : 0;
    links.forEach((link, place) => link.setAttribute("aria-selected", String(place === chosen)));
    if (links[chosen]) input.setAttribute("aria-activedescendant", links[chosen].id);
    else input.removeAttribute("aria-activedescendant");
    links[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    const typed = input.value.trim();
    const { hits, said } = answer(index, typed);
    list.replaceChildren(...hits.map((hit, number) => line(hit, root, number, typed)));
    count.textContent = said;
    choose(0);
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(chosen + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.children[chosen]?.click();
    }
  });
  list.addEventListener("click", () => dialog.close());
  show();
}
