// Opens a payload down to its events, and says why; the twin of src/signalbook/envelopes/.

import { NO_MATCH } from "./index.js";
import { fromBase64, isObject, keysOf, loadsText, NotJSON, quoted, revealed, shown, unfolded } from "./jsontext.js";
import { didYouMean, nearest, pointer, tokens } from "./naming.js";
import { textAt, valueAt } from "./recognition.js";

const MAX_NESTING = 8;

/** Rules that say we do not know what a payload is. They never make it invalid. */
export const UNIDENTIFIED = new Set(["unknown-payload", "unknown-event", "undocumented-event", "other-product", "plain-text", "ambiguous", "too-nested"]);

/** Return what a payload carries: one entry, or one for each item of an envelope with a list. Never empty: what cannot be opened says why. */
export const openPayload = (payload, registry) => open(payload, [], [], registry);

/** The layers that really stand around the body: bare forms do not. */
export const wrappers = (opened) => opened.layers.filter((layer) => !layer.envelope.bare);

/** Whether it is something that the catalogue does not hold: text, JSON that nobody knows, or a name or a source that is there and not known. */
export function isForeign({ obstacle, body }) {
  if (!obstacle || !UNIDENTIFIED.has(obstacle.rule) || obstacle.about) return false;
  return obstacle.rule !== "unknown-payload" || isObject(body);
}

/** Return the steps that led to an opened thing, from the outside in: at which place, what was recognised, and by what. Of `identify`. */
export function whyOf({ layers, event, clues, path, isAsked = false }) {
  const because = ({ keys }) => `it has ${keys.map(quoted).join(", ")}`;
  const why = layers.map((layer) => ({ pointer: pointer(layer.path), what: layer.envelope.id, because: because(layer) }));
  if (!event) return why;
  const named = clues.filter((clue) => clue.text !== null).map((clue) => `${clue.pointer} is ${quoted(clue.text)}`);
  const reason = isAsked ? "you asked for it" : named.join(" and ") || "no other event has this form";
  return [...why, { pointer: pointer(path), what: event.id, because: reason }];
}

function obstacle(rule, path, message, { found = null, hint = null, about = null } = {}) {
  return { rule, path, message, found, hint, about };
}

/** Return a thing that was opened, of which no event is known yet. */
function unnamed(layers, path, body, stop) {
  return { layers, path, body, hasBody: false, obstacle: stop, event: null, name: null, clues: [], meant: null };
}

function open(value, path, layers, registry) {
  const { stop, envelope } = recognise(value, path, layers, registry);
  if (stop) return [unnamed(layers, path, value, stop)];
  const keys = envelope.recognise.keys.filter((key) => key in value);
  const through = [...layers, { envelope, path, value, keys }];
  const isSlot = (place) => pointer(place) === pointer(envelope.at);
  const view = envelope.decode.reduce((inner, place) => decoded(inner, place, envelope.base64 && isSlot(place) ? revealed : unfolded), value);
  const slots = slotsOf(view, envelope.at, path);
  if (!slots.length) {
    const empty = obstacle("empty-envelope", path, `${envelope.id} contains no events: its list is empty`);
    return [unnamed(through, path, null, empty)];
  }
  return slots.flatMap(({ at, inner, there }) => {
    const stuck = there ? stuckAt(envelope, at, inner) : nothingThere(envelope, at);
    const opened = unnamed(through, at, inner, stuck);
    if (envelope.holds === "event") return [named({ ...opened, hasBody: isObject(inner) }, view, registry)];
    return stuck ? [opened] : open(inner, at, through, registry);
  });
}

function recognise(value, path, layers, registry) {
  const where = layers.length ? ` in ${layers.at(-1).envelope.id}` : "";
  const inside = layers.length ? `the content of ${layers.at(-1).envelope.id}` : "the payload";
  const stop = (rule, message, more) => ({ stop: obstacle(rule, path, message, more) });
  if (!isObject(value)) {
    const hint = typeof value === "string" ? whyNoJson(value) : null;
    return stop("unknown-payload", `${inside} must be a JSON object`, { found: shown(value), hint });
  }
  if (layers.length >= MAX_NESTING) return stop("too-nested", `more than ${MAX_NESTING} nested envelopes`);
  const found = registry.recogniser.recognise(value);
  if (found.length > 1) return stop("ambiguous", `matches several known forms equally: ${found.map((one) => one.id).join(", ")}`);
  if (found.length && "holds" in found[0]) return { envelope: found[0] };
  if (found.length) {
    const keys = found[0].recognise.keys.filter((key) => key in value).map(quoted).join(", ");
    const message = `${inside} belongs to another product (${found[0].title.en}). ${found[0].summary}`;
    return stop("other-product", message, { found: `an object with ${keys}` });
  }
  const near = registry.recogniser.near(value);
  const hint = near ? `the closest match is ${near.one.id}, but ${near.misfits.join("; ")}` : null;
  return stop("unknown-payload", `unknown payload${where}: it matches no envelope and no event of the catalogue`, { found: keysOf(value), hint });
}

/** Return the opened thing with its event, as far as the innermost envelope, `view` with its strings decoded, names one. */
function named(opened, view, registry) {
  const layer = opened.layers.at(-1);
  const { envelope } = layer;
  const clues = envelope.key.map((rule) => clueOf(layer, rule, view));
  const values = clues.map((clue) => clue.value);
  const event = registry.index.event(envelope, values);
  const name = clues.find((clue) => clue.part === "name" && clue.text)?.text ?? event?.name ?? null;
  const keeps = event || (opened.obstacle && !name);
  const stop = keeps ? opened.obstacle : unknownEvent(layer, view, clues, name, registry);
  const meant = event ? registry.index.meant(envelope, event, values) : null;
  return { ...opened, event, name, clues, obstacle: stop, meant };
}

function clueOf(layer, rule, view) {
  let path = rule.path;
  let text = textAt(view, rule.path);
  if (text === null && rule.otherwise && textAt(view, rule.otherwise) !== null) {
    path = rule.otherwise;
    text = textAt(view, path);
  }
  let value = text;
  if (text !== null && rule.capture) {
    const match = new RegExp(rule.capture, "u").exec(text);
    [text, value] = match ? [match[1], match[1]] : [text, NO_MATCH];
  }
  return { part: rule.part, pointer: pointer([...layer.path, ...path]), text, value };
}

/** Return the place and the value of each slot, and whether anything is there; where nothing is, the place that is missing. */
function slotsOf(value, at, path) {
  const [step, ...rest] = at;
  if (step === undefined) return [{ at: path, inner: value, there: true }];
  if (step === "*" && Array.isArray(value)) return value.flatMap((item, place) => slotsOf(item, rest, [...path, place]));
  if (step !== "*" && isObject(value) && step in value) return slotsOf(value[step], rest, [...path, step]);
  return [{ at: step === "*" ? path : [...path, step], inner: null, there: false }];
}

/** Return a copy in which the JSON text at a place is replaced by its value, as `read` reads it; what is no JSON text stays as it is. */
function decoded(value, place, read) {
  const [step, ...rest] = place;
  if (step === undefined) return read(value);
  if (step === "*" && Array.isArray(value)) return value.map((item) => decoded(item, rest, read));
  if (isObject(value) && step in value) return Object.assign(Object.create(null), value, { [step]: decoded(value[step], rest, read) });
  return value;
}

function nothingThere(envelope, path) {
  const message = `${quoted(path.at(-1))} is missing: it holds the content of ${envelope.id}`;
  return obstacle("required", path.slice(0, -1), message, { about: path });
}

/** Return why what is in a slot cannot be opened, or null. */
function stuckAt(envelope, path, value) {
  if (typeof value !== "string" || !envelope.decode.length) {
    const isWrong = envelope.holds === "event" && !isObject(value);
    return isWrong ? obstacle("type", path, "is not an object, so it cannot be the body of an event", { found: shown(value) }) : null;
  }
  const [rule, message] = envelope.text
    ? ["plain-text", `${envelope.id} contains plain text, which names no event`]
    : ["json-text", `${envelope.id} must contain JSON text here`];
  return obstacle(rule, path, message, { found: shown(value), hint: whyNoJson((envelope.base64 && fromBase64(value)) || value) });
}

function whyNoJson(value) {
  const looksLike = (text) => /^\s*[{[]/.test(text);
  try {
    const inner = loadsText(value);
    return typeof inner === "string" && looksLike(inner) ? "this is JSON inside a JSON string: something in transit encoded it twice, so decode it once more" : null;
  } catch (fault) {
    if (!(fault instanceof NotJSON)) throw fault;
    return looksLike(value) ? `if this is meant to be JSON: ${fault.message}` : /^\s*</.test(value) ? fault.hint : null;
  }
}

/** Say which value is not known. A value that is missing points at the object that should hold it. */
function unknownEvent(layer, view, clues, name, registry) {
  const values = clues.map((clue) => clue.value);
  const { envelope } = layer;
  const { index } = registry;
  const byName = clues.find((clue) => clue.part === "name");
  const known = index.knownName(envelope, values);
  if (known) {
    const message = `${quoted(known.name)} is listed by ${known.service}, but its fields are not documented`;
    return obstacle("undocumented-event", tokens(byName.pointer), message, { found: shown(known.name), hint: known.note });
  }
  const claimants = index.claimants(envelope, values);
  if (claimants.length) {
    return obstacle("ambiguous", layer.path, `several events match: ${claimants.join(", ")}`, { hint: "run 'signalbook lint'" });
  }
  const others = clues.filter((clue) => clue.part !== "name" && clue.text);
  const strange = others.find((clue) => !index.knows(envelope, clue.part, clue.value));
  if (strange) return unknownPart(layer, strange, name, registry);
  const missing = clues.find((clue) => clue.text === null);
  if (missing && name === null) return nameless(layer, view, missing, others.length > 0);
  return unknownName(envelope, byName ?? clues[0], name, registry);
}

function unknownName(envelope, clue, name, registry) {
  const provider = envelope.id.split("/")[0];
  const elsewhere = registry.events.find((event) => event.name === name && event.id.split("/")[0] === provider);
  const message = `unknown event ${quoted(clue.text)} in envelope ${envelope.id}${elsewhere ? `; other envelopes carry it as ${elsewhere.id}` : ""}`;
  const near = nearest(name ?? "", registry.index.names(envelope));
  const hint = near.length && !elsewhere ? didYouMean(near) : null;
  return obstacle("unknown-event", tokens(clue.pointer), message, { found: shown(clue.text), hint });
}

/** Say that a part of the key other than the name (a source, a product) has a value that no event of the catalogue has. */
function unknownPart(layer, clue, name, registry) {
  const known = registry.index.knownValues(layer.envelope, clue.part);
  const message = `unknown ${clue.part} ${quoted(clue.text)} in envelope ${layer.envelope.id}${name ? ` (event ${quoted(name)})` : ""}`;
  const near = nearest(clue.text, known);
  const others = known.length ? `known values: ${known.join(", ")}` : null;
  return obstacle("unknown-event", tokens(clue.pointer), message, { found: shown(clue.text), hint: near.length ? didYouMean(near) : others });
}

/** Say that what names the event is missing: a fault of the payload where it comes from a source we know, else a reason not to know it. */
function nameless(layer, view, missing, isKnownSource) {
  const place = tokens(missing.pointer);
  const key = place.at(-1);
  const path = layer.envelope.key.find((rule) => rule.part === missing.part).path;
  const holder = valueAt(view, path.slice(0, -1));
  const keys = isObject(holder) ? holder : Object.create(null);
  const near = key in keys ? [] : nearest(key, Object.keys(keys), 1);
  const hint = near.length ? `found ${quoted(near[0])}: did you mean ${quoted(key)}?` : null;
  const message = `looks like ${layer.envelope.id}, but ${quoted(key)}, which names the event, is missing or not a string`;
  if (isKnownSource && key in keys) return obstacle("type", place, message, { found: shown(keys[key]), about: place });
  return obstacle(isKnownSource ? "required" : "unknown-event", place.slice(0, -1), message, { hint, about: place });
}
