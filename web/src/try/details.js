// What a reader wants beside a verdict: the event's title and page, the page and row of each finding's field, its line in the text.

import { textOf } from "./intake.js";
import { loads } from "./jsontext.js";
import { LINE_END } from "./parser.js";

const LARGEST_TO_LOOK_INTO = 4 * 1024 * 1024; // finding lines means reading the text once more

/** Return what adds to the verdicts of a document what a reader wants beside them. Links are relative to the catalogue's page. */
export function detailer(document, registry) {
  let found = null;
  const lineOf = (pointer) => (found ??= lines(document))(pointer);
  return (verdict) => ({
    ...verdict,
    title: registry.title(verdict.event),
    page: registry.page(verdict.event),
    findings: verdict.findings.map((finding) => withPlace(finding, verdict, lineOf, registry)),
    why: verdict.why.map((step) => ({ ...step, page: registry.page(step.what) })),
    parts: verdict.parts.map((part) => ({ ...part, page: registry.page(part.event) })),
  });
}

function withPlace(finding, { index, status }, lineOf, registry) {
  const { row, ...rest } = finding;
  const page = registry.page(finding.contract?.split("@")[0]);
  const href = page && row ? `${page}#${encodeURIComponent(row)}` : page;
  const line = status === "unreadable" ? finding.line : lineOf(`${index === null ? "" : `/${index}`}${finding.pointer}`);
  return { ...rest, line, href };
}

/** Return how to find the line of a JSON Pointer in a document's text; one that leads on through a string of JSON text has that string's line. */
function lines(document) {
  if (document.line) return () => document.line;
  const data = textOf(document);
  if (data.length > LARGEST_TO_LOOK_INTO) return () => null;
  const offsets = new Map();
  try {
    loads(data, offsets);
  } catch {
    return () => null; // a form has no lines
  }
  const text = new TextDecoder().decode(data);
  const starts = [...text.matchAll(LINE_END)].map((found) => found.index);
  return (pointer) => {
    let known = pointer;
    while (known && !offsets.has(known)) known = known.slice(0, known.lastIndexOf("/"));
    return countBelow(starts, offsets.get(known)) + 1;
  };
}

/** Return how many of some sorted numbers are smaller than a limit. */
function countBelow(numbers, limit) {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle] < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
