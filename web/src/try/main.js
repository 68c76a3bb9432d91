// The page "Try it": what is typed, pasted or dropped is checked as one types. What checks (checking.js) is loaded when it is first needed.
//
// Nothing is sent: the only requests are for the script and the registry's data, which stand beside this script.

import { joined } from "./bytes.js";
import { commandFor, isId } from "./command.js";
import { Versions } from "./versions.js";
import { Results } from "./view.js";

const DEBOUNCE_MS = 250;
const LOWEST_TO_BE_SEEN = 0.6; // of the window's height: where the result may begin
const LARGEST_TO_EDIT = 256 * 1024; // a text area of megabytes is no pleasure

let loading = null;

/** Return what checks payloads, loaded once. A failure is forgotten, so that the next try may succeed. */
function kit() {
  loading ??= loaded().catch((fault) => {
    loading = null;
    throw fault;
  });
  return loading;
}

async function loaded() {
  const engine = import(new URL("./try-engine.js", import.meta.url).href);
  const answer = await fetch(new URL("./registry.json", import.meta.url));
  if (!answer.ok) throw new Error(`the catalogue's data could not be loaded: ${answer.status} ${answer.statusText}`);
  return (await engine).kitOf(await answer.json());
}

/** Return the bytes of a text as UTF-8. Half a character has none: it stays a byte that no UTF-8 has, so that it is found. */
function bytesOf(text) {
  const encoder = new TextEncoder();
  return joined(text.split(/(\p{Surrogate})/u).map((part) => (/^\p{Surrogate}$/u.test(part) ? Uint8Array.of(0xff) : encoder.encode(part))));
}

const checkBytes = async (bytes, options = {}) => (await kit()).check(bytes, options);
window.signalbookTry = { check: (text, options) => checkBytes(bytesOf(text), options), checkBytes };

class Page {
  constructor(form) {
    const part = (name) => form.querySelector(`[data-part="${name}"]`);
    Object.assign(this, { form, text: part("text"), file: part("file"), level: part("level"), version: part("version"), event: part("event") });
    this.versions = new Versions(this.version);
    this.command = form.querySelector("[data-part=command]");
    this.files = null; // what was dropped and is not shown for editing
    this.name = null; // of the file whose text is shown
    this.run = 0;
    this.results = new Results(part("status"), part("results"), this.text, (choice) => this.choose(choice));
    this.listen();
    this.follow();
  }

  /** Do what the address asks for: #example=1 shows an example, #event=… checks against the event of that id, #from=page shows what another page left for this one. */
  follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const event = asked.get("event");
    if (event !== null && isId(event)) this.event.value = event;
    else if (event) this.results.refuse("The address asks for an event with something that is no id. It was passed over.");
    if (asked.has("from")) this.show(sessionStorage.getItem("signalbook-try") ?? "");
    if (asked.has("example")) this.example(asked.get("example"));
  }

  listen() {
    let timer = 0;
    this.text.addEventListener("paste", () => {
      const { selectionStart, selectionEnd, value } = this.text;
      if (selectionEnd - selectionStart === value.length) this.forget();
    });
    this.text.addEventListener("input", () => {
      this.files = this.name = null;
      clearTimeout(timer);
      timer = setTimeout(() => this.check(), DEBOUNCE_MS);
    });
    this.event.addEventListener("input", () => (this.suggested = false));
    for (const choice of [this.level, this.version, this.event]) choice.addEventListener("change", () => this.check());
    this.file.addEventListener("change", () => this.take(this.file.files));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("focusin", () => this.prepare(), { once: true });
    for (const button of this.form.querySelectorAll("[data-example]")) button.addEventListener("click", () => this.pressed(button));
    this.form.querySelector("[data-part=clear]").addEventListener("click", () => this.clear());
    this.listenForDrops();
  }

  listenForDrops() {
    const mark = (on) => this.form.classList.toggle("over", on);
    this.form.addEventListener("dragover", (event) => {
      event.preventDefault();
      mark(true);
    });
    this.form.addEventListener("dragleave", (event) => this.form.contains(event.relatedTarget) || mark(false));
    this.form.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return mark(false); // a piece of text falls into the text area by itself
      event.preventDefault();
      mark(false);
      this.take(event.dataTransfer.files);
    });
  }

  /** Load what checks as soon as somebody means to use it, and list the events that can be asked for. */
  async prepare() {
    try {
      const { events, unchecked } = await kit();
      this.results.unchecked = unchecked;
      const list = this.form.querySelector("datalist");
      if (!list.children.length) list.append(...events.map((id) => Object.assign(document.createElement("option"), { value: id })));
    } catch {
      // The check itself says so.
    }
  }

  async take(list) {
    const files = await Promise.all([...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
    if (!files.length) return;
    this.forget();
    const text = files.length === 1 ? editable(files[0].bytes) : null;
    this.text.value = text ?? "";
    [this.files, this.name] = [text === null ? files : null, text === null ? null : files[0].name];
    this.file.value = "";
    await this.check();
    this.reveal();
  }

  async pressed(button) {
    this.forget();
    await this.example(button.dataset.example);
    this.reveal();
  }

  /** Bring the result into view, where it is not; the style sheet decides whether it glides. */
  reveal() {
    const heading = this.form.querySelector("#result");
    const { top } = heading.getBoundingClientRect();
    if (top < 0 || top > innerHeight * LOWEST_TO_BE_SEEN) heading.scrollIntoView();
  }

  async example(number) {
    try {
      await this.show((await kit()).examples[Number(number)] ?? "");
    } catch (fault) {
      this.results.fail(fault);
    }
  }

  show(text) {
    [this.files, this.name] = [null, null];
    this.text.value = text;
    this.text.scrollTop = 0;
    return this.check();
  }

  /** Choose the event or the version that a button of the results names. */
  choose({ event, version }) {
    if (event) [this.event.value, this.suggested] = [event, true];
    if (version) this.versions.choose(version);
    (event ? this.event : this.version).focus({ preventScroll: true });
    return this.check();
  }

  /** Another payload comes: what a button chose for the one before, as which event to check it, is not meant for this one. */
  forget() {
    if (this.suggested) this.event.value = "";
    this.suggested = false;
  }

  clear() {
    this.event.value = "";
    this.versions.clear();
    this.show("");
    this.text.focus();
  }

  inputs() {
    if (this.files) return this.files;
    return this.text.value.trim() ? [{ name: this.name ?? "-", bytes: bytesOf(this.text.value) }] : [];
  }

  /** Check what there is; a later run ends an earlier one. */
  async check(note = null) {
    const run = (this.run += 1);
    const inputs = this.inputs();
    const options = { level: this.level.value, version: this.versions.value, event: this.event.value.trim() || null };
    this.command.textContent = commandFor(inputs, options);
    this.results.begin(inputs.length > 0, this.files, note);
    if (!inputs.length) return;
    try {
      const engine = await kit();
      for (const { name, bytes } of inputs) {
        for await (const batch of engine.batches(bytes, { ...options, source: name })) {
          if (run !== this.run) return;
          if (this.versions.isForAnother(batch)) return await this.inTheNewest();
          this.results.add(batch, inputs.length > 1);
          // What was pasted line by line must be a file of that name to be read line by line.
          if (name === "-" && batch[0]?.line) this.command.textContent = commandFor([{ name: "payloads.ndjson" }], options);
        }
      }
      this.results.end(engine);
      this.versions.offer(this.results.events, engine);
    } catch (fault) {
      if (run === this.run) this.results.fail(fault);
    }
  }

  /** Check once more, in the newest version, because the one that is chosen was meant for another event; and say so. */
  inTheNewest() {
    const { owner, value } = this.versions;
    this.versions.clear();
    return this.check(`Checked in the newest version: ${value} was chosen for ${owner}.`);
  }
}

/** Return the text of a file that one may want to edit, or null: for what is large, compressed, or no UTF-8. */
function editable(bytes) {
  if (bytes.length > LARGEST_TO_EDIT) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") || text.includes("\r") ? null : text; // a text area would change them
  } catch {
    return null;
  }
}

const form = document.querySelector("form.try");
if (form) new Page(form);
