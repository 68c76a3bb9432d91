// The pages of the catalogue: the switch of envelopes, addresses of fields, filters of lists. All of it reads without this script.
import { filtered, placeAsked } from "./filters.js";

// The envelope that a reader chose stays chosen on the next page of the same service, and the paths of the fields say where they stand in it.
const service = location.pathname.slice(new URL("../", import.meta.url).pathname.length).split("/").slice(0, 2).join("/");
const KEY = `signalbook-envelope:${service}`;
const choices = [...document.querySelectorAll('.choices input[name="envelope"]')];
const table = document.querySelector("table.fields");

function shown(choice) {
  if (!table || !choice) return;
  const prefix = choice.dataset.prefix ?? "";
  table.style.setProperty("--prefix", JSON.stringify(prefix));
  const note = document.getElementById("prefix-note");
  if (note) note.textContent = prefix ? `; what stands before them in ${choice.nextElementSibling.textContent} is grey` : "";
}

function choose(word) {
  const choice = choices.find((one) => one.value === word);
  if (choice) choice.checked = true;
  return choice;
}

for (const choice of choices) {
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem(KEY, choice.value);
    } catch {
      // No storage: the choice holds for this page.
    }
    history.replaceState(null, "", `#in.${choice.value}`);
    shown(choice);
  });
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

// #in.eventbridge chooses an envelope; #f.content.disk leads to a field, or to the nearest one above it that has a row.
function follow() {
  const name = placeAsked();
  if (name.startsWith("in.")) {
    if (choose(name.slice(3))) document.getElementById("arrivals").scrollIntoView();
  } else if (name.startsWith("f.") && !document.getElementById(name)) {
    const steps = name.split(".");
    while (steps.length > 2 && !document.getElementById(steps.join("."))) steps.pop();
    if (document.getElementById(steps.join("."))) location.replace(`#${steps.join(".")}`);
  } else if (name.startsWith("n.")) {
    const place = document.getElementById(name);
    if (place) place.open = true;
  }
  shown(choices.find((one) => one.checked));
}
choose(remembered());
addEventListener("hashchange", follow);
follow();

// An example can be taken to the check in the browser: the text goes by the storage of this tab, and nowhere else.
const tryIt = new URL("../try/", import.meta.url).href;
const event = document.querySelector(".about")?.dataset.event;
for (const code of document.querySelectorAll("article pre > code.language-json")) {
  const panel = code.closest(".panel");
  if (!event || code.closest(".version")) continue;
  const link = document.createElement("a");
  // A body alone names no event, so the page is told which one it is.
  link.href = `${tryIt}#from=page${panel && panel.id !== "in.body" ? "" : `&event=${encodeURIComponent(event)}`}`;
  link.textContent = "Check it in the browser";
  link.addEventListener("click", () => sessionStorage.setItem("signalbook-try", code.textContent));
  const line = document.createElement("p");
  line.className = "take";
  line.append(link);
  (code.closest(".copyable") ?? code.parentElement).after(line);
}

// The page of all fields names the events and envelopes; a name that is opened gets links to their rows.
function linked(details) {
  let service = "";
  for (const place of details.querySelectorAll("b, i")) {
    if (place.matches("b")) {
      service = place.textContent;
      continue;
    }
    const path = place.closest("li").querySelector("code").textContent;
    const link = document.createElement("a");
    const folder = service.includes("/") ? service : `${service}/envelopes`;
    link.href = `../${encodeURI(folder)}/${encodeURI(place.textContent)}/#f.${encodeURIComponent(path.replaceAll("[]", ""))}`;
    link.textContent = place.textContent;
    place.replaceWith(link);
  }
}
for (const details of document.querySelectorAll(".names > details")) details.addEventListener("toggle", () => linked(details));

const filters = document.getElementById("filters");
if (filters) filtered(filters);
