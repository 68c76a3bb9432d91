// What is pasted, typed or dropped → the payload texts in it: one document, an array, NDJSON, a form, gzip. The twin of src/signalbook/reading.py.

import { Inflate } from "pako";

import { joined } from "./bytes.js";
import { isBlank, isDocument, loads, MAX_BYTES, NotJSON, unfolded } from "./jsontext.js";

const FORM = /^[\w.~%+-]+=[\w.~%+*'()!:/?-]*(?:&[\w.~%+-]+=[\w.~%+*'()!:/?-]*)+$/;
const BY_LINE = /\.(ndjson|jsonl)(\.gz)?$/i;
const NEW_LINE = 0x0a;

/** Return the payloads of a document, each opened where it is JSON text, with its place in an array or null. Throws NotJSON, also for an empty array. */
export function payloads(document) {
  if (document.problem) throw document.problem;
  const value = inLineOf(document, () => read(document.data));
  if (!Array.isArray(value)) return [{ index: null, payload: value }];
  if (!value.length) throw new NotJSON("no-payload", "the array contains no payloads", { line: 1, column: 1 });
  return value.map((payload, index) => ({ index, payload: unfolded(payload) }));
}

/** In NDJSON the line that counts is the file's; what was parsed has only one. */
function inLineOf(document, reading) {
  try {
    return reading();
  } catch (fault) {
    throw fault instanceof NotJSON && document.line ? fault.inLine(document.line) : fault;
  }
}

/** Return the value of a payload's bytes as they arrive: of JSON text, of the same compressed with gzip, or of a form's fields. Throws NotJSON. */
export function read(data) {
  const { data: bytes, problem } = isGzip(data) ? unpacked(data) : { data, problem: null };
  if (problem) throw problem;
  try {
    return loads(bytes);
  } catch (fault) {
    const fields = fault instanceof NotJSON ? formOf(bytes) : null;
    if (fields) return fields;
    throw fault;
  }
}

/** Return the text that a document's payloads were read from, for the places of findings. */
export const textOf = (document) => (isGzip(document.data) ? unpacked(document.data).data : document.data);

/** Return the documents of bytes. A file's name says how to read it; what was pasted is a payload a line where its first line is one. */
export function documents(bytes, source = "-") {
  const isPacked = isGzip(bytes) || (source.toLowerCase().endsWith(".gz") && bytes.length > 0);
  const { data, problem } = isPacked ? unpacked(bytes) : { data: bytes, problem: null };
  const broken = problem ? [{ source, line: null, data: bytes, problem }] : [];
  // Of data that is cut off, the whole lines before that are payloads all the same.
  const lines = () => linesOf(problem ? data.subarray(0, data.lastIndexOf(NEW_LINE) + 1) : data, source);
  if (source === "-") return unnamed(data, lines(), broken);
  if (!BY_LINE.test(source)) return problem ? broken : [{ source, line: null, data }];
  const found = [...lines(), ...broken];
  const empty = new NotJSON("empty", "the document is empty", { hint: "NDJSON has one payload per line" });
  return found.length ? found : [{ source, line: null, data, problem: empty }];
}

function unnamed(data, lines, broken) {
  if (lines.length > 1 && isDocument(lines[0].data)) return [...lines, ...broken];
  if (broken.length) return broken;
  const isStream = lines.length > 1 && !isDocument(data) && lines.some((one) => isDocument(one.data));
  return isStream ? lines : [{ source: "-", line: null, data }];
}

function linesOf(data, source) {
  const found = [];
  for (let [start, line] = [0, 1]; start < data.length; line += 1) {
    const end = data.indexOf(NEW_LINE, start);
    const text = data.subarray(start, end === -1 ? data.length : end + 1);
    if (!isBlank(text)) found.push({ source, line, data: text });
    start += text.length;
  }
  return found;
}

/** Return the fields of a form (application/x-www-form-urlencoded), or null where bytes are none: two at least, because other text has an = too. */
function formOf(bytes) {
  const text = bytes.every((byte) => byte < 0x80) ? new TextDecoder().decode(bytes) : "";
  if (!FORM.test(text)) return null;
  const fields = Object.create(null);
  for (const pair of text.split("&")) {
    const [name, value] = pair.split("=").map(unquoted);
    if (name === null || value === null || name in fields) return null;
    fields[name] = value;
  }
  return fields;
}

/** Return a part of a form as it is meant, or null where it is no UTF-8. */
function unquoted(text) {
  const bytes = [];
  const plain = text.replaceAll("+", " ");
  for (let at = 0; at < plain.length; at += 1) {
    const code = plain[at] === "%" ? /^[0-9a-fA-F]{2}/.exec(plain.slice(at + 1, at + 3))?.[0] : undefined;
    bytes.push(code ? Number.parseInt(code, 16) : plain.charCodeAt(at));
    if (code) at += 2;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

const isGzip = (data) => data[0] === 0x1f && data[1] === 0x8b;

/** Return what gzip data holds, of all its members, and the problem that ends it. What is more than one document may have is not unpacked. */
function unpacked(data) {
  const inflate = new Inflate({ windowBits: 31 });
  const chunks = [];
  let size = 0;
  inflate.onData = (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) throw new NotJSON("too-large", `the unpacked data has more than the ${MAX_BYTES} bytes allowed`);
  };
  try {
    inflate.push(data, true);
  } catch (problem) {
    return { data: new Uint8Array(0), problem };
  }
  // A wrong sum at the end, or what follows it, says nothing against what was unpacked before.
  if (inflate.err && inflate.msg.startsWith("incorrect")) chunks.push(inflate.strm.output.subarray(0, inflate.strm.next_out));
  const hint = "the data is damaged or truncated: fetch it again";
  return { data: joined(chunks), problem: inflate.err ? new NotJSON("gzip", `invalid gzip data: ${inflate.msg}`, { hint }) : null };
}
