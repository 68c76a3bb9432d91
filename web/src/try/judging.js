// A contract of several versions + a value → findings; the twin of src/signalbook/validation/contracts.py.

import { UNIDENTIFIED } from "./envelopes.js";
import { isStructural } from "./explain.js";
import { byVersion, pointer } from "./naming.js";
import { rowOf } from "./schemas.js";

export const ANY = "any"; // as a version: the newest that accepts the payload

export const SEVERITY = {
  tolerant: { guarantee: "error", form: "note", unsourced: "note", novelty: null },
  documented: { guarantee: "error", form: "error", unsourced: "warning", novelty: "warning" },
  strict: { guarantee: "error", form: "error", unsourced: "error", novelty: "error" },
};
export const LEVELS = Object.keys(SEVERITY);

/** Return the version that was chosen and what it finds; a value of undefined means that there is no body, which an envelope reports. */
export function judge(what, value, path, request, registry, isMasked = false) {
  const [newest, ...older] = what.versions;
  const pinned = request.version && request.version !== ANY ? request.version : null;
  if (pinned && !what.versions.some(({ version }) => version === pinned)) {
    const hint = `available versions: ${what.versions.map(({ version }) => version).join(", ")}`;
    const message = `${what.id} has no version ${pinned}`;
    return [newest.version, [{ rule: "unknown-version", severity: "error", pointer: pointer(path), message, hint }]];
  }
  const chosen = pinned ?? newest.version;
  const extra = deprecation(what, path);
  if (value === undefined) return [chosen, extra];
  const look = (version) => {
    const problems = registry.checker(what, version).problems(value);
    return { version, problems, findings: findingsOf(problems, what, version, path, request.level, isMasked, registry) };
  };
  const first = look(chosen);
  if (hasErrors(first.findings) && !pinned) {
    const faults = first.problems.filter((problem) => !["novelty", "unsourced"].includes(problem.weight)).map((problem) => problem.path);
    const accepting = firstAccepting(older, look, faults);
    if (accepting && request.version === ANY) return [accepting.version, [...accepting.findings, ...extra]];
    if (accepting) extra.push(outOfDate(accepting.version, what, path));
  }
  return [chosen, [...first.findings, ...extra]];
}

function firstAccepting(older, look, faults) {
  for (const { version } of older) {
    const seen = look(version);
    if (sees(seen.problems, faults) && !hasErrors(seen.findings)) return seen;
  }
  return null;
}

/** Whether an older contract, by its problems, knows the fields at fault: else it accepts them unseen, which says nothing about their age. */
function sees(problems, faults) {
  const unknown = problems.filter((problem) => problem.rule === "unknown-field").map((problem) => problem.path);
  return !faults.some((fault) => unknown.some((field) => field.every((step, at) => fault[at] === step)));
}

function findingsOf(problems, what, version, path, level, isMasked, registry) {
  return problems.filter((problem) => !isMasked || isStructural(problem)).flatMap((problem) => {
    const severity = SEVERITY[level][problem.weight];
    if (severity === null) return [];
    const { rule, message, field, expected, found, hint, description } = problem;
    const finding = { rule, severity, pointer: pointer([...path, ...problem.path]), message, field, expected, found, hint, description };
    return [{ ...finding, contract: `${what.id}@${version}`, row: row(problem, what, registry) }];
  });
}

/** Return the id of the row of a problem's field on the page of its event or envelope, which shows the newest version. */
function row({ rule, path, field }, what, registry) {
  const isMissing = rule === "required" && field !== undefined;
  return rowOf(registry.checker(what, what.versions[0].version), isMissing ? [...path, field] : path);
}

function deprecation(what, path) {
  if (what.status !== "deprecated") return [];
  const hint = what.replacedBy ? `replaced by ${what.replacedBy}` : null;
  const message = `the provider no longer documents ${what.id}`;
  return [{ rule: "deprecated", severity: "note", pointer: pointer(path), message, hint, contract: `${what.id}@${what.versions[0].version}` }];
}

function outOfDate(version, what, path) {
  const later = what.versions.filter((one) => byVersion(one.version, version) > 0).at(-1);
  const message = `matches version ${version}, which has been out of date since ${later.firstSeen}`;
  const hint = `for archived payloads, use version ${version}, or any`;
  return { rule: "out-of-date", severity: "note", pointer: pointer(path), message, hint, contract: `${what.id}@${version}` };
}

export const hasErrors = (findings) => findings.some((finding) => finding.severity === "error");

/** Return what findings make of a payload: a rule that says we do not know what it is makes it unidentified, any other error invalid. */
export function statusOf(findings) {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.some(({ rule }) => !UNIDENTIFIED.has(rule))) return "invalid";
  return errors.length ? "unidentified" : "valid";
}
