// What every page has: a choice of colours, buttons to copy, the dialog to find things in. All pages can be read without it.
const root = document.body.dataset.root.replace(/\/?$/, "/");

// Colours: system → light → dark → system.
const colours = document.getElementById("colours");
const NEXT = { "": "light", light: "dark", dark: "" };
const SAID = { "": "as the system says", light: "light", dark: "dark" };
const say = () => colours.setAttribute("aria-label", `Colours: ${SAID[document.documentElement.dataset.colours ?? ""]}`);
colours.addEventListener("click", () => {
  const next = NEXT[document.documentElement.dataset.colours ?? ""];
  if (next) document.documentElement.dataset.colours = next;
  else delete document.documentElement.dataset.colours;
  try {
    localStorage.setItem("signalbook-colours", next);
  } catch {
    // No storage: the choice holds for this page.
  }
  say();
});
say();

// Copying. Of a console block, the commands are copied, and not what they print.
function copied(code) {
  const text = code.textContent.replace(/^ $/gm, "");
  const commands = text.split("\n").filter((line) => line.startsWith("$ "));
  return commands.length ? commands.map((line) => line.slice(2)).join("\n") : text;
}
for (const code of document.querySelectorAll("main pre > code")) {
  const pre = code.parentElement;
  pre.tabIndex = 0; // it may scroll, so the keyboard must reach it
  const holder = document.createElement("div");
  holder.className = "copyable";
  pre.replaceWith(holder);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copied(code));
      button.textContent = "Copied";
    } catch {
      // Without a secure context there is no clipboard: mark the text, so that one key copies it.
      getSelection().selectAllChildren(code);
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  holder.append(pre, button);
}

// The links that stand beside headings are for the mouse: as stops of the Tab key they would double every heading.
for (const link of document.querySelectorAll(".headerlink")) link.tabIndex = -1;

// A table that is wider than the screen scrolls in a frame that the keyboard reaches.
let heading = "";
let count = 0;
for (const one of document.querySelectorAll("article > :is(h1, h2, h3, h4, table)")) {
  if (one.matches(":not(table)")) {
    [heading, count] = [one.firstChild.textContent.trim(), 0];
    continue;
  }
  const frame = document.createElement("div");
  frame.className = "wide";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", `${heading}: table${count++ ? ` ${count}` : ""}`); // landmarks are told apart by their names
  one.replaceWith(frame);
  frame.append(one);
}

// A wide screen shows the pages beside the text; a narrow one opens them from a button.
const menu = document.querySelector(".menu");
const wide = matchMedia("(min-width: 68rem)");
const fold = () => (menu.open = wide.matches);
wide.addEventListener("change", fold);
fold();

// Finding: the index and the code that looks through it come when somebody asks.
const dialog = document.getElementById("finder");
let finder;
function open() {
  if (!dialog.open) dialog.showModal();
  document.getElementById("find-words").select();
  finder ??= import(new URL(`${root}catalogue/assets/find.js`, document.baseURI).href)
    .then((found) => found.default(root, dialog))
    .catch((error) => {
      finder = undefined; // the next try may have a network
      document.getElementById("find-count").textContent = `The index could not be loaded: ${error.message}`;
    });
}
for (const button of document.querySelectorAll("#find-open, [data-find]")) button.addEventListener("click", open);
document.getElementById("find-open").title = `Find: / or ${navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl+"}K`;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if ((event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    open();
  }
});
if (location.hash === "#find") open();
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
// A browser would first empty the field.
dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  event.preventDefault();
  dialog.close();
});
