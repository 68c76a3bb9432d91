// Text → JSON values, strictly, with the place of each where that is asked for.
//
// JSON.parse would do, were it not for what it forgives and hides: duplicate keys, numbers beyond a double, halves of characters, where a fault is.
// Objects have no prototype, so that a payload's "__proto__" or "constructor" is a key like any other.

const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WHOLE = /^-?[0-9]+$/;
const ZERO = /^-?0$/;
const DIGIT = /^[0-9]/;
const EXPONENT = /[eE]/;
const UNFINISHED = /[eE][+-]?/y;
const WORD = /true|false|null/y;
const WORDS = { true: true, false: false, null: null };
const SURROGATE = /^\\u[dD][89a-fA-F]/;
const HIGH = /^\\u[dD][89abAB]/;
const LOW = /\\u[dD][c-fC-F][0-9a-fA-F]{2}/y;
export const LINE_END = /\r\n?|\n/g;
const CUT_OFF = /^(?:\\(?:u[0-9a-fA-F]{0,3})?)?$/; // an escape of which the text has only the beginning, or nothing
const HINTS = [
  [/^-?(NaN|Infinity)/, "JSON has no NaN or Infinity: omit the field or use null"],
  [/^'/, "JSON strings use double quotes"],
  [/^(\/\/|\/\*|#)/, "JSON has no comments: remove them"],
  [/^(True|False|None)/, "JSON uses true, false and null"],
];
// What the whole text is instead, where the parser stopped at its very beginning.
const INSTEAD = [
  [/^<(!doctype )?html/i, "this is HTML, as proxies return: check where the payload came from"],
  [/^</, "this is XML, as queues and topics deliver by default: check the text inside (<MessageBody> or <Message>), or configure the subscription to deliver JSON"],
];

/** Bytes that are not one strict JSON document. `rule` is the finding's word, `line` and `column` count from 1. */
export class NotJSON extends Error {
  constructor(rule, message, { line = null, column = null, hint = null } = {}) {
    const place = [["line", line], ["column", column]].filter(([, number]) => number !== null).map(([name, number]) => `${name} ${number}`);
    super(place.length ? `${message} (${place.join(", ")})` : message);
    Object.assign(this, { rule, plain: message, line, column, hint });
  }

  /** Return the same for a document that is one line of a file. */
  inLine(line) {
    return new NotJSON(this.rule, this.plain, { line, column: this.column, hint: this.hint });
  }
}

/** Return a name as messages show it. */
export const quoted = (text) => `'${text}'`;

/** Return line and column, both from 1, of an offset of a text; columns count characters, and a line ends at \n, at \r\n and at \r alone. */
export function position(text, offset) {
  // The middle of \r\n is still on the line that it ends.
  const isCut = text[offset - 1] === "\r" && text[offset] === "\n";
  const before = text.slice(0, isCut ? offset - 1 : offset);
  let [line, start] = [1, 0];
  for (const end of before.matchAll(LINE_END)) [line, start] = [line + 1, end.index + end[0].length];
  return { line, column: [...text.slice(start, offset)].length + 1 };
}

const EXACT = new WeakMap();

/** Return the text of a whole number, inside an object or array that was read, that a double cannot hold; undefined for any other value. */
export const exactly = (holder, key) => EXACT.get(holder)?.get(String(key));

/** Reads one document from a text; its depth was looked at before, so it may recurse. */
export class Parser {
  constructor(text, places) {
    this.text = text;
    this.places = places;
    this.at = 0;
    this.twice = null;
    this.exact = null; // the text of the number just read, if a double cannot hold it
  }

  document() {
    const value = this.value("");
    this.space();
    if (this.at < this.text.length) this.tooMuch();
    if (this.twice) {
      const hint = "parsers disagree on which one counts: keep one of them";
      throw new NotJSON("duplicate-key", `the key ${quoted(this.twice.key)} appears twice in the same object`, {
        ...position(this.text, this.twice.offset),
        hint,
      });
    }
    return value;
  }

  value(pointer) {
    this.space();
    this.places?.set(pointer, this.at);
    switch (this.text[this.at]) {
      case "{":
        return this.object(pointer);
      case "[":
        return this.array(pointer);
      case '"':
        return this.string();
      default:
        return this.scalar();
    }
  }

  object(pointer) {
    const out = Object.create(null);
    this.at += 1;
    for (let first = true; !this.closes("}", first); first = false) {
      const offset = this.at;
      if (this.text[offset] !== '"') this.fault(first ? "expected a key in double quotes or '}'" : "expected a key in double quotes");
      const key = this.string();
      if (key in out) this.twice ??= { key, offset };
      this.space();
      if (this.text[this.at] !== ":") this.fault("expected ':' after the key");
      this.at += 1;
      out[key] = this.value(this.places && `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
      this.keep(out, key);
      this.places?.set(`${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, offset);
    }
    return out;
  }

  array(pointer) {
    const out = [];
    this.at += 1;
    for (let first = true; !this.closes("]", first); first = false) {
      out.push(this.value(this.places && `${pointer}/${out.length}`));
      this.keep(out, out.length - 1);
    }
    return out;
  }

  keep(holder, key) {
    if (this.exact === null) return;
    if (!EXACT.has(holder)) EXACT.set(holder, new Map());
    EXACT.get(holder).set(String(key), this.exact);
    this.exact = null;
  }

  /** Whether an object or array ends here; else goes on to its next member. */
  closes(bracket, first) {
    this.space();
    if (this.text[this.at] === bracket) {
      this.at += 1;
      return true;
    }
    if (first) return false;
    if (this.text[this.at] !== ",") this.fault(`expected ',' or '${bracket}'`);
    const comma = this.at;
    this.at += 1;
    this.space();
    if (this.text[this.at] === bracket) this.fault("a comma before the end is not allowed", comma);
    return false;
  }

  string() {
    const start = this.at;
    let escaped = false;
    this.at += 1;
    for (;;) {
      this.match(PLAIN);
      const mark = this.text[this.at];
      if (mark === '"') break;
      if (mark !== "\\") this.fault(mark === undefined ? "the text ends inside a string" : "a control character in a string");
      this.escape();
      escaped = true;
    }
    this.at += 1;
    return escaped ? JSON.parse(this.text.slice(start, this.at)) : this.text.slice(start + 1, this.at - 1);
  }

  escape() {
    const start = this.at;
    const found = this.match(ESCAPE);
    const isHigh = found && HIGH.test(found);
    if ((!found || isHigh) && CUT_OFF.test(this.text.slice(this.at, this.at + 6))) this.fault("the text ends inside a string", this.text.length);
    if (!found) this.fault("an invalid escape in a string");
    if (!SURROGATE.test(found) || (isHigh && this.match(LOW))) return;
    this.fault("an unpaired surrogate in a string", start);
  }

  scalar() {
    const start = this.at;
    const number = this.match(NUMBER);
    if (number) return this.number(number, start);
    if (this.text[start] === "-") this.fault("no digit follows the sign", start + 1);
    const word = this.match(WORD);
    if (word) return WORDS[word];
    const rest = this.text.slice(start, start + 6);
    return this.fault("expected a JSON value", rest && Object.keys(WORDS).some((whole) => whole.startsWith(rest)) ? this.text.length : start);
  }

  /** Return the value of a number, after which it must really end. */
  number(text, start) {
    if (ZERO.test(text) && DIGIT.test(this.text[this.at])) this.fault("a number begins with a zero", this.at - 1);
    if (!text.includes(".") && !EXPONENT.test(text) && this.text[this.at] === ".") this.fault("no digit follows the point", this.at + 1);
    if (!EXPONENT.test(text) && this.match(UNFINISHED)) this.fault("no digit follows the exponent's sign");
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw new NotJSON("number-range", "a number is too large for a double", { ...position(this.text, start), hint: "no notification has such a number: check what wrote it" });
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && WHOLE.test(text)) this.exact = text;
    return value || 0;
  }

  space() {
    this.match(SPACE);
  }

  match(form) {
    form.lastIndex = this.at;
    const found = form.exec(this.text);
    if (found) this.at = form.lastIndex;
    return found?.[0];
  }

  tooMuch() {
    if (/[\r\n]/.test(this.text.slice(0, this.at)) && "{[".includes(this.text[this.at])) {
      const hint = "for one payload per line (NDJSON), name the file .ndjson";
      throw new NotJSON("not-json", "unexpected text after the document", { ...position(this.text, this.at), hint });
    }
    this.fault("unexpected text after the document");
  }

  fault(message, offset = this.at) {
    const place = Math.min(offset, this.text.trimEnd().length);
    const rest = this.text.slice(place, place + 16);
    const ended = place >= this.text.trimEnd().length ? "it ends too early: " : "";
    const hints = this.text.slice(0, place).trim() ? HINTS : [...INSTEAD, ...HINTS];
    const hint = hints.find(([form]) => form.test(rest))?.[1] ?? null;
    throw new NotJSON("not-json", `not JSON: ${ended}${message}`, { ...position(this.text, place), hint });
  }
}
