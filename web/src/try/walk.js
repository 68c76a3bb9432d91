// The payload walk: a document in, verdicts out; the twin of src/signalbook/validation/validator.py. Verdicts have the form of `validate --format json`.

import { attributesOf } from "./attributes.js";
import { isForeign, openPayload, whyOf, wrappers } from "./envelopes.js";
import { payloads } from "./intake.js";
import { isObject, NotJSON, shown } from "./jsontext.js";
import { ANY, judge, statusOf } from "./judging.js";
import { didYouMean, escape, pointer, tokens } from "./naming.js";

/** Yield a verdict for each payload of a document: one, or one for each item of an array. */
export function* checkDocument(document, registry, request) {
  const { source, line } = document;
  let found = [];
  try {
    found = payloads(document);
  } catch (fault) {
    if (!(fault instanceof NotJSON)) throw fault;
    yield { source, line, index: null, ...unreadable(fault) };
  }
  for (const { index, payload } of found) yield { source, line, index, ...checkPayload(payload, registry, request) };
}

function unreadable(fault) {
  const { rule, message, hint, line } = fault;
  const nothing = { event: null, name: null, version: null, envelopes: [], parts: [], why: [] };
  return { status: "unreadable", ...nothing, findings: [{ rule, severity: "error", pointer: "", message, hint, line }] };
}

/** Return the verdict on one payload: open it, judge every envelope once and every body, put it together. `unknown` is the object that nothing fits. */
export function checkPayload(payload, registry, request) {
  const opened = openPayload(payload, registry).map((one) => asAsked(one, request));
  const layers = new Map(opened.flatMap((one) => wrappers(one).map((layer) => [pointer(layer.path), layer])));
  const around = new Map();
  for (const [place, layer] of layers) {
    const inside = opened.filter((one) => wrappers(one).some(({ path }) => pointer(path) === place));
    around.set(place, judgeLayer(layer, inside, request, registry));
  }
  const judged = opened.map((one) => judgeBody(one, request, around, registry));
  return verdictOf(judged, [...around.values()].flatMap(({ findings }) => findings));
}

/** Return the opened thing as the event the caller names, if the caller names one and there is a body to hold against it. */
function asAsked(one, { event }) {
  if (!event || !isObject(one.body) || ["ambiguous", "too-nested"].includes(one.obstacle?.rule)) return one;
  return { ...one, hasBody: true, event, name: one.name || event.name, obstacle: null, meant: null, isAsked: true };
}

/** The findings of one envelope; where it carries a list, `place` is the index of the item's number in a path. */
const aroundOf = (findings, place = null) => ({ findings, place });

/** Return the findings that concern one of the carried things: a fault of its sibling is none of its own. */
function concerning({ findings, place }, one) {
  if (place === null || one.path.length <= place) return findings;
  const steps = findings.map((finding) => tokens(finding.pointer));
  const common = findings.filter((_, at) => steps[at].length <= place);
  return [...common, ...findings.filter((_, at) => steps[at][place] === String(one.path[place]))];
}

function judgeLayer(layer, inside, request, registry) {
  const foreign = inside.filter((one) => isForeign(one) && pointer(one.layers.at(-1).path) === pointer(layer.path));
  if (foreign.length === inside.length) return aroundOf([]);
  // A version asked for is one of the event; an archived event may stand in an archived envelope.
  const [, findings] = judge(layer.envelope, layer.value, layer.path, { ...request, version: request.version ? ANY : null }, registry);
  const star = layer.envelope.at.indexOf("*");
  if (star === -1 || !findings.length) return aroundOf(findings);
  const place = layer.path.length + star;
  const skipped = new Set(foreign.map((one) => String(one.path[place])));
  return aroundOf(findings.filter((finding) => !skipped.has(tokens(finding.pointer)[place])), place);
}

function judgeBody(one, request, around, registry) {
  const outside = wrappers(one).flatMap((layer) => concerning(around.get(pointer(layer.path)), one));
  let [version, findings] = [null, []];
  if (one.event) {
    const isMasked = one.layers.some((layer) => layer.envelope.masked);
    [version, findings] = judge(one.event, one.hasBody ? one.body : undefined, one.path, request, registry, isMasked);
    findings = [...attributesOf(one, version, request), ...findings, ...general(one)];
  }
  if (one.obstacle && (isForeign(one) || !isExplained(one.obstacle, outside))) findings = [...findings, fromObstacle(one.obstacle)];
  return { opened: one, version, status: statusOf([...outside, ...findings]), findings };
}

/** Return a warning where what only a general contract takes is nearly an event that has its own. */
function general(one) {
  if (!one.meant) return [];
  const { part, near } = one.meant;
  const clue = one.clues.find((found) => found.part === part);
  const told = part === "name" ? `'${one.name}'` : `'${one.name}' of ${part} '${clue.text}'`;
  const message = `${told} has no contract of its own; checked against ${one.event.id}`;
  return [{ rule: "general-contract", severity: "warning", pointer: clue.pointer, message, found: shown(clue.text), hint: didYouMean(near) }];
}

/** Whether an envelope's own contract already reports what keeps us from going on, at that place or around it. */
function isExplained(obstacle, outside) {
  const about = `${pointer(obstacle.about ?? obstacle.path)}/`;
  const errors = outside.filter((found) => found.severity === "error");
  const places = errors.map((found) => (found.field ? `${found.pointer}/${escape(found.field)}` : found.pointer));
  return places.some((place) => place && about.startsWith(`${place}/`));
}

function fromObstacle({ rule, path, message, found, hint, about }) {
  const severity = rule === "empty-envelope" ? "note" : "error";
  const field = rule === "required" && about?.length ? String(about.at(-1)) : undefined;
  return { rule, severity, pointer: pointer(path), message, field, found, hint };
}

function verdictOf(judged, around) {
  const findings = [...around, ...judged.flatMap((one) => one.findings)].map(withoutGaps);
  const parts = judged.map(partOf);
  const [event, name, version] = ["event", "name", "version"].map((what) => common(parts.map((part) => part[what])));
  const envelopes = sharedBeginning(parts.map((part) => part.envelopes));
  const why = whyOf(judged[0].opened);
  const unknown = judged.map((one) => one.opened).find(({ obstacle, body }) => obstacle?.rule === "unknown-payload" && isObject(body))?.body;
  return { status: statusOf(findings), event, name, version, envelopes, findings, parts: parts.length > 1 ? parts : [], why, unknown };
}

/** Return a finding without what is not known. */
const withoutGaps = (finding) => Object.fromEntries(Object.entries(finding).filter(([, value]) => value !== null && value !== undefined));

function partOf({ opened, version, status }) {
  const envelopes = wrappers(opened).map((layer) => layer.envelope.id);
  return { pointer: pointer(opened.path), status, event: opened.event?.id ?? null, name: opened.name, version, envelopes };
}

/** Return the envelopes that stand around all parts, from the outside in. */
function sharedBeginning(chains) {
  const end = chains[0].findIndex((id, at) => chains.some((chain) => chain[at] !== id));
  return end === -1 ? chains[0] : chains[0].slice(0, end);
}

const common = (values) => (new Set(values).size === 1 ? values[0] : null);
