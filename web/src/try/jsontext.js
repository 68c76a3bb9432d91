// Bytes → JSON values, strictly; the twin of src/signalbook/jsontext.py.

import { exactly, NotJSON, Parser, position, quoted } from "./parser.js";

export { NotJSON, quoted };

export const MAX_DEPTH = 128;
export const MAX_BYTES = 64 * 1024 * 1024;
const LONGEST = 96;

/** Return the value of one JSON document. Where `places` is a Map, it gets the offset in the text of each JSON Pointer. Throws NotJSON. */
export function loads(data, places = null) {
  if (data.length > MAX_BYTES) {
    throw new NotJSON("too-large", `the document has ${data.length} bytes, more than the ${MAX_BYTES} allowed`);
  }
  const bytes = withoutBom(data);
  if (isBlank(bytes)) throw new NotJSON("empty", "there is nothing in it", { hint: "a payload is one JSON object" });
  refuseDepth(bytes);
  const text = decoded(bytes);
  try {
    return new Parser(text, places).document();
  } catch (fault) {
    if (fault.rule !== "not-json" || !isWide(bytes)) throw fault;
    const { line, column } = fault;
    throw new NotJSON("not-utf8", "not UTF-8: zero bytes between the characters", { line, column, hint: "it looks like UTF-16: save it as UTF-8" });
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

function refuseDepth(bytes) {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  if (deepest > MAX_DEPTH) {
    throw new NotJSON("too-deep", `arrays and objects are nested ${deepest} levels deep, more than the ${MAX_DEPTH} allowed`);
  }
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let hint = isWide(bytes) ? "it looks like UTF-16: save it as UTF-8" : "save it as UTF-8";
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) hint = "it is gzip data: unpack it, once more where it was compressed twice";
    const at = wrongByte(bytes);
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, at));
    const message = `not UTF-8: byte 0x${bytes[at].toString(16).padStart(2, "0")} has no place there`;
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

/** Whether bytes look like UTF-16: a byte order mark, or a zero byte early on and nothing that only binary data has. */
function isWide(bytes) {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  const binary = (byte) => byte > 0 && byte < 32 && byte !== 9 && byte !== 10 && byte !== 13;
  return bytes.subarray(0, 4).includes(0) && !bytes.subarray(0, 64).some(binary);
}
