// Bytes → JSON values, strictly; the twin of src/signalbook/reading/strict_json.py.

import { exactly, NotJSON, Parser, position, quoted } from "./parser.js";

export { NotJSON, quoted };

export const MAX_DEPTH = 128;
export const MAX_BYTES = 64 * 1024 * 1024;
export const MAX_STRING = 16 * 1024 * 1024;
export const MAX_KEYS = 1_000_000;
const DEEP_WITHIN = 1024 * 1024; // so much of a text that has too many members is looked at for its depth
const LONGEST = 96;

/** Return the value of one JSON document. Where `places` is a Map, it gets the offset in the text of each JSON Pointer. Throws NotJSON. */
export function loads(data, places = null) {
  if (data.length > MAX_BYTES) {
    throw new NotJSON("too-large", `the document has ${data.length} bytes, more than the ${MAX_BYTES} allowed`);
  }
  const bytes = withoutBom(data);
  // Each member and each item takes two bytes at least.
  if (data.length > 2 * MAX_KEYS) refuseKeys(bytes);
  if (isBlank(bytes)) throw new NotJSON("empty", "the document is empty", { hint: "a payload is a JSON object" });
  const { deepest, tooLong } = measured(bytes);
  refuseDepth(deepest);
  const text = decoded(bytes);
  try {
    const value = new Parser(text, places).document();
    if (tooLong) refuseString(bytes, tooLong);
    return value;
  } catch (fault) {
    const wide = fault.rule === "not-json" ? wideOf(bytes) : null;
    if (!wide) throw fault;
    const { line, column } = fault;
    throw new NotJSON("not-utf8", "not UTF-8: zero bytes between the characters", { line, column, hint: `this looks like ${wide}: save it as UTF-8` });
  }
}

/** Return the value of the JSON document that a string holds. Throws NotJSON. */
export const loadsText = (text) => loads(new TextEncoder().encode(text));

/** Return the object or array that a string holds as JSON text; any other value as it is. */
export function unfolded(value) {
  if (typeof value !== "string" || !/^\ufeff?[ \t\n\r\v\f]*[{[]/.test(value)) return value;
  try {
    return loadsText(value);
  } catch {
    return value;
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Return the text that a string holds in Base64, or null where it holds none: with the standard alphabet, padded, and without white space. */
export function fromBase64(text) {
  if (!BASE64.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Return the object or array that a string holds as JSON text, as it is or in Base64; any other value as it is. */
export function revealed(value) {
  const here = unfolded(value);
  if (typeof here !== "string") return here;
  const inner = unfolded(fromBase64(value));
  return isObject(inner) || Array.isArray(inner) ? inner : value;
}

/** Whether bytes are a JSON object or array, as `loads` takes it. */
export function isDocument(data) {
  const bytes = withoutBom(data);
  const first = bytes.find((byte) => !isSpace(byte));
  if (first !== 0x7b && first !== 0x5b) return false;
  try {
    loads(data);
    return true;
  } catch {
    return false;
  }
}

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Return the value as one line of JSON text. */
export const compact = (value) => JSON.stringify(value);

/** Return a value as one short line of JSON. */
export const shown = (value) => shortened(compact(value));

/** Return what a path leads to as one short line of JSON; a whole number as it was written, also where a double cannot hold it. */
export function shownAt(value, path) {
  const holder = path.slice(0, -1).reduce((inner, step) => inner[step], value);
  return path.length ? shortened(exactly(holder, path.at(-1)) ?? compact(holder[path.at(-1)])) : shown(value);
}

function shortened(text) {
  const characters = [...text.slice(0, 4 * LONGEST)];
  return characters.length <= LONGEST ? characters.join("") : `${characters.slice(0, LONGEST - 1).join("")}…`;
}

/** Return in a few words which keys an object has. */
export function keysOf(value) {
  const keys = Object.keys(value).slice(0, 12);
  return keys.length ? `an object with ${keys.map(quoted).join(", ")}` : "an empty object";
}

export const isSpace = (byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
export const isBlank = (bytes) => bytes.every(isSpace);

export function withoutBom(data) {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}

/** Return how deep a text is, how many members and items it has, and where its first string that is too long begins and ends, be it JSON or not. */
function measured(bytes) {
  let [depth, deepest, keys, last, start, tooLong] = [0, 0, 0, 0, -1, null];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (start >= 0) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) {
        if (at - start - 1 > MAX_STRING) tooLong ??= [start, at];
        start = -1;
      }
      continue;
    }
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    if (byte === 0x22) start = at;
    else if (byte === 0x2c) keys += 1;
    else if (byte === 0x7b || byte === 0x5b) {
      deepest = Math.max(deepest, (depth += 1));
      keys += 1;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (last === byte - 2) keys -= 1; // the bracket before opens what this one closes: it is empty
    }
    last = byte;
  }
  return { deepest, keys, tooLong };
}

function refuseKeys(bytes) {
  if (measured(bytes).keys <= MAX_KEYS) return;
  refuseDepth(measured(bytes.subarray(0, DEEP_WITHIN)).deepest);
  const hint = "split the document: use NDJSON, one payload per line";
  throw new NotJSON("too-many-keys", `objects and arrays have more than the ${MAX_KEYS} members and items allowed`, { hint });
}

function refuseDepth(deepest) {
  if (deepest > MAX_DEPTH) {
    const hint = "no notification is this deep";
    throw new NotJSON("too-deep", `arrays and objects are nested ${deepest} levels deep, more than the ${MAX_DEPTH} allowed`, { hint });
  }
}

function refuseString(bytes, [start, end]) {
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, start));
  const message = `a string has ${end - start - 1} bytes, more than the ${MAX_STRING} allowed`;
  throw new NotJSON("too-long-string", message, { ...position(before, before.length), hint: "shorten it" });
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const wide = wideOf(bytes);
    let hint = wide ? `this looks like ${wide}: save it as UTF-8` : "save it as UTF-8";
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) hint = "this is gzip data: unpack it, again if it was compressed twice";
    const at = wrongByte(bytes);
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, at));
    const message = `not UTF-8: invalid byte 0x${bytes[at].toString(16).padStart(2, "0")}`;
    throw new NotJSON("not-utf8", message, { ...position(before, before.length), hint });
  }
}

/** Return the offset of the first byte with which no character in UTF-8 begins that is there in full. */
function wrongByte(bytes) {
  const between = (byte, from, to) => byte >= from && byte <= to;
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : [[0xc2, 0xdf], [0xe0, 0xef], [0xf0, 0xf4]].findIndex(([from, to]) => between(first, from, to)) + 2;
    // What could be written shorter, halves of characters, and what is beyond the last character have no place.
    const [from, to] = [{ 0xe0: 0xa0, 0xf0: 0x90 }[first] ?? 0x80, { 0xed: 0x9f, 0xf4: 0x8f }[first] ?? 0xbf];
    const isThere = first < 0x80 || (length > 1 && between(bytes[at + 1], from, to) && bytes.subarray(at + 2, at + length).every((byte) => between(byte, 0x80, 0xbf)));
    if (!isThere || at + length > bytes.length) return at;
    at += length;
  }
  return bytes.length;
}

/** Return the encoding that bytes look like by their byte order mark, or by zero bytes early on and nothing that only binary data has; or null. */
function wideOf(bytes) {
  const begins = (...head) => head.every((byte, at) => bytes[at] === byte);
  if (begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff)) return "UTF-32";
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) return "UTF-16";
  const binary = (byte) => byte > 0 && byte < 32 && byte !== 9 && byte !== 10 && byte !== 13;
  const head = [...bytes.subarray(0, 4)];
  if (!head.includes(0) || bytes.subarray(0, 64).some(binary)) return null;
  return head.some((byte, at) => byte === 0 && head[at + 1] === 0) ? "UTF-32" : "UTF-16";
}
