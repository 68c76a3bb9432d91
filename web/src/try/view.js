// Verdicts → elements of the page. Text of a payload is always set as text, never as HTML.

const MOST_SHOWN = 200;
const MOST_INSIDE = 100; // findings, or events, of one payload
const MOST_GUESSED = 20; // payloads of which the page says what they may be
const SIGNS = { valid: "✓", invalid: "✗", unidentified: "?", unreadable: "✗", error: "✗", warning: "!", note: "i" };
const CATALOGUE = new URL("../", import.meta.url); // the page of the catalogue, which links to events start from

/** Return an element with attributes and children; strings become text, and null is left out. */
function made(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) if (value !== null) element.setAttribute(name, value);
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return element;
}

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
const badge = (word) => made("span", { class: `badge ${word}` }, made("span", { "aria-hidden": "true" }, `${SIGNS[word]} `), word);
const link = (page, ...content) => (page ? made("a", { href: new URL(page, CATALOGUE).href }, ...content) : made("span", null, ...content));
/** Return a pointer, or a text with pointers, that may be broken after each slash. */
const path = (text) => made("code", null, text.split("/").flatMap((step, at) => (at ? [made("wbr"), `/${step}`] : [step])));

/** The results on the page: a line that tells how it stands, and an article for each of the first verdicts. */
export class Results {
  constructor(status, list, text, choose) {
    Object.assign(this, { status, list, text, choose, unchecked: [] });
  }

  /** Begin anew. `note` is what to say behind the summary. */
  begin(isChecking, files, note = null) {
    this.note = note;
    this.events = new Set();
    this.unknown = [];
    this.statuses = new Map();
    this.severities = new Map();
    this.fragment = document.createDocumentFragment();
    this.shown = 0;
    this.total = 0;
    this.files = files;
    this.lines = files ? 0 : this.text.value.split("\n").length;
    if (!isChecking) {
      this.list.replaceChildren();
      this.status.textContent = "Nothing to check yet.";
    } else if (files) this.status.textContent = "Checking…";
  }

  add(verdicts, isSeveral) {
    for (const verdict of verdicts) {
      this.total += 1;
      count(this.statuses, verdict.status);
      for (const { severity } of verdict.findings) count(this.severities, severity);
      for (const event of eventsOf(verdict)) this.events.add(event);
      if (this.shown < MOST_SHOWN) {
        const article = this.article(verdict, isSeveral);
        this.fragment.append(article);
        if (verdict.unknown && this.unknown.length < MOST_GUESSED) this.unknown.push({ article, body: verdict.unknown });
        this.shown += 1;
      }
    }
    if (this.total > MOST_SHOWN) this.status.textContent = `Checking… ${this.summary()}`;
  }

  end(kit) {
    const say = (text) => this.fragment.append(made("p", { class: "more" }, text));
    if (this.total > this.shown) say(`These are the first ${MOST_SHOWN} of ${plural(this.total, "payload")}.`);
    if (this.unchecked.length) say(`This page does not look at these formats, the command does: ${this.unchecked.join(", ")}.`);
    // A version is one event's: it helps nobody where there are several.
    if (this.events.size > 1) for (const button of this.fragment.querySelectorAll("[data-version]")) button.replaceWith(button.textContent);
    this.list.replaceChildren(this.fragment);
    this.status.textContent = `${this.summary()}${this.note ? `. ${this.note}` : ""}`;
    if (this.total <= MOST_GUESSED) this.guess(kit, this.unknown);
  }

  /** Add to the articles of what nothing fits which events it may be, one after the other, as long as they are shown. */
  async guess(kit, unknown) {
    for (const { article, body } of unknown) {
      if (!article.isConnected) return;
      const found = await kit.candidates(body);
      if (found.length) article.append(...this.ways(found));
    }
  }

  ways(found) {
    const items = found.map(({ event, because }) => {
      const button = this.button({ class: "as" }, { event }, "check as ", path(event));
      return made("li", null, button, made("span", { class: "because" }, ` because ${because}`));
    });
    return [made("p", null, "It may be what one of these events carries:"), made("ul", { class: "ways" }, items)];
  }

  /** Return a button that chooses an event or a version. */
  button(attributes, choice, ...content) {
    const button = made("button", { type: "button", ...attributes }, ...content);
    button.addEventListener("click", () => this.choose(choice));
    return button;
  }

  /** Return a finding's hint; where it is to ask for a version, with buttons that do so. A version of an envelope cannot be asked for. */
  hint({ rule, hint, contract }, event) {
    const [, before, words, version, between, any] = (rule === "out-of-date" && /^(.*)(version (\S+))(, or )(any)$/.exec(hint)) || [];
    if (!version) return hint;
    const one = contract === `${event}@${version}` ? this.button({ class: "line", "data-version": version }, { version }, words) : words;
    return [before, one, between, this.button({ class: "line" }, { version: any }, any)];
  }

  /** Say what the page did not do. */
  refuse(text) {
    this.status.textContent = text;
  }

  fail(fault) {
    this.list.replaceChildren();
    this.status.textContent = `It could not be checked: ${fault.message}. The command does the same without this page.`;
  }

  summary() {
    const told = (counts, words, name) => words.filter((word) => counts.get(word)).map((word) => name(counts.get(word), word)).join(", ");
    const counted = (number, word) => `${number.toLocaleString("en")} ${word}`;
    const statuses = told(this.statuses, ["valid", "invalid", "unidentified", "unreadable"], counted);
    const findings = told(this.severities, ["error", "warning", "note"], plural);
    const names = this.files?.map(({ name }) => name).join(", ");
    return `${names ? `${names}: ` : ""}${plural(this.total, "payload")}: ${statuses}${findings ? `; ${findings}` : ""}`;
  }

  article(verdict, isSeveral) {
    const { status, event, version, findings, line, index } = verdict;
    const place = [isSeveral ? verdict.source : null, line === null ? null : this.line(line), index === null ? null : `[${index}]`];
    return made(
      "article",
      { class: `verdict ${status}` },
      made("p", { class: "head" }, badge(status), place.filter(Boolean).flatMap((one) => [" ", one])),
      made("h3", null, link(verdict.page, titleOf(verdict))),
      event ? made("p", { class: "id" }, path(event), version ? ` version ${version}` : null) : null,
      chain(verdict),
      findings.length ? made("ul", { class: "findings" }, listed(findings, (finding) => this.finding(finding, event))) : null,
      !findings.length && status === "valid" ? made("p", { class: "clean" }, "It keeps its contract: nothing found.") : null,
    );
  }

  finding(finding, event) {
    const { rule, severity, pointer, message, expected, found, description, contract, href, line } = finding;
    const details = [["expected", expected], ["found", found], ["hint", this.hint(finding, event)], ["meaning", description]].filter(([, text]) => text);
    const field = href ? link(href, href.includes("#") ? "about this field" : "about its contract") : null;
    const about = [line ? this.line(line) : null, field, link(`../reference/findings/#${encodeURIComponent(rule)}`, made("code", null, rule)), contract ? `in ${contract}` : null].filter(Boolean);
    return made(
      "li",
      { class: severity },
      made("p", null, badge(severity), " ", pointer ? [path(pointer), ": "] : contract ? "the payload: " : null, message),
      details.length ? made("dl", null, details.map(([name, text]) => made("div", null, made("dt", null, name), made("dd", null, text)))) : null,
      made("p", { class: "about" }, about.flatMap((one, at) => (at ? [" · ", one] : [one]))),
    );
  }

  /** Return a line's number; where the text is there to be seen, a button that leads to it. */
  line(number) {
    if (number > this.lines) return made("span", null, `line ${number}`);
    const button = made("button", { type: "button", class: "line" }, `line ${number}`);
    button.addEventListener("click", () => select(this.text, number));
    return button;
  }
}

/** Return the ids of the events that a payload carries. */
export const eventsOf = ({ event, parts }) => [event, ...parts.map((part) => part.event)].filter(Boolean);

/** Return what a verdict is about, for people: the event's title, or what is known of it. */
function titleOf({ title, name, status }) {
  if (!title) return name ?? (status === "unreadable" ? "Not readable" : "No event");
  return title.zh ? [title.en, made("span", { lang: "zh" }, ` · ${title.zh}`)] : title.en;
}

/** Return the envelopes that were opened, one by one, and the event: what was recognised, at which place, and by what. */
function chain({ why, parts }) {
  if (!why.length) return null;
  const steps = why.map(({ pointer, what, because, page }) =>
    made("li", null, link(page, path(what)), pointer ? [" at ", path(pointer)] : null, made("span", { class: "because" }, ` because ${because}`)),
  );
  const list = made("ol", { class: "chain" }, steps);
  if (!parts.length) return list;
  const others = listed(parts, ({ status, event, name, page, version, pointer }) =>
    made("li", null, badge(status), " ", link(page, event ?? name ?? "no event"), version ? ` ${version}` : null, " at ", path(pointer)),
  );
  const told = made("p", null, `It carries ${plural(parts.length, "event")}; the first was found as shown above.`);
  return made("div", null, list, told, made("ul", { class: "parts" }, others));
}

/** Return the list items of the first of some things, and one that says how many more there are. */
function listed(all, itemOf) {
  const more = all.length - MOST_INSIDE;
  return [...all.slice(0, MOST_INSIDE).map(itemOf), more > 0 ? made("li", { class: "more" }, `and ${more.toLocaleString("en")} more`) : null];
}

function count(counts, word) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

/** Select a line of the text and bring it into view. */
function select(text, number) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + lines[number - 1].length);
  text.scrollTop = (text.scrollHeight * Math.max(0, number - 4)) / lines.length;
  text.scrollIntoView({ block: "nearest" });
}
