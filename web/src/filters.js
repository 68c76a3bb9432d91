// Filters: words in the text of a row, and what its attributes say. The address keeps the choice, so that it can be passed on.

/** Return the id that the address leads to; an address that nobody can read leads nowhere. */
export function placeAsked() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** Return what a row is: its words in small letters; of a field, its name and its values too. */
function read(row) {
  const small = (text) => text.toLocaleLowerCase();
  if (!row.matches("details")) return { row, words: small(`${row.textContent} ${row.dataset.more ?? ""}`), name: "", values: [] };
  const name = row.id.slice(2);
  const values = row.dataset.values ? row.dataset.values.split("|") : [];
  return { row, words: small(`${name} ${row.dataset.values}`), name: small(name), values };
}

/** Return the words of a text. A name that is delivered may end in what happened: what stands behind its last colon can be left out. */
const cut = (text) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
const shorter = (text) => (/^\S+:\S+$/.test(text) ? text.slice(0, text.lastIndexOf(":")) : "");

// A field that has just this name is the first of the list, and open; the others stand in their order.
function first(entries, text, wanted) {
  const alike = entries.filter(({ name }) => name && wanted.length === 1 && name === wanted[0]);
  // Names may differ in their case only: the one that is written so, or that the address leads to, is meant.
  const meant = [`n.${text}`, placeAsked()];
  const exact = alike.find(({ row }) => meant.includes(row.id)) ?? alike[0];
  const list = entries[0]?.name && entries[0].row.parentElement;
  if (!list) return;
  if (list.dataset.first) {
    list.append(...entries.map(({ row }) => row));
    delete list.dataset.first;
  }
  if (!exact) return;
  list.dataset.first = exact.name;
  list.prepend(exact.row);
  exact.row.open = true;
}

// Which of a field's values are meant stands beside its name.
function tell({ row, name, values }, wanted) {
  row.querySelector("summary > .fits")?.remove();
  const meant = values.filter((value) => wanted.some((word) => !name.includes(word) && value.toLocaleLowerCase().includes(word)));
  if (!meant.length) return;
  const place = document.createElement("span");
  place.className = "fits";
  place.append(" ", ...meant.slice(0, 12).flatMap((value, number) => {
    const code = document.createElement("code");
    code.textContent = value;
    return number ? [", ", code] : [code];
  }));
  row.querySelector("summary").append(place);
}

// Where nothing fits, the finder may know more: it is opened with the same words.
function elsewhere(text) {
  const input = document.getElementById("find-words");
  const open = document.getElementById("find-open");
  if (!text || !input || !open) return [];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "elsewhere";
  button.textContent = `find ${text} everywhere`;
  button.addEventListener("click", () => {
    input.value = text;
    input.dispatchEvent(new Event("input"));
    open.click();
  });
  return [" ", button];
}

/** Wire a form of filters to the rows of its page. */
export function filtered(filters) {
  const entries = [...document.querySelectorAll("table.events tbody tr, .names > details")].map(read);
  const count = document.getElementById("count");
  const fitting = (text, others) => {
    const wanted = cut(text);
    const fits = ({ row, words }) => wanted.every((word) => words.includes(word)) && others.every(([name, value]) => row.dataset[name] === value);
    return { text, wanted, found: new Set(entries.filter(fits)) };
  };

  const apply = () => {
    const asked = [...new FormData(filters)].filter(([, value]) => value.trim());
    const typed = (new Map(asked).get("text") ?? "").trim();
    const others = asked.filter(([name]) => name !== "text");
    let { text, wanted, found } = fitting(typed, others);
    while (!found.size && shorter(text)) ({ text, wanted, found } = fitting(shorter(text), others));
    for (const entry of entries) {
      entry.row.hidden = !found.has(entry);
      if (entry.name) tell(entry, wanted);
    }
    first(entries, text, wanted);
    const said = text === typed || !found.size ? "" : ` for ${text}: nothing has ${typed}`;
    count.textContent = found.size === entries.length ? "" : `${found.size} of ${entries.length}${said}${found.size ? "" : ": nothing fits."}`;
    if (!found.size) count.append(...elsewhere(typed));
    const query = new URLSearchParams(asked).toString();
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
  };
  for (const [name, value] of new URLSearchParams(location.search)) {
    const element = filters.elements.namedItem(name);
    if (element && "value" in element) element.value = value;
  }
  filters.addEventListener("input", apply);
  filters.addEventListener("reset", () => setTimeout(apply));
  filters.addEventListener("submit", (event) => event.preventDefault());
  if (location.search) apply();
}
