// What an object may be that no envelope fits: the events it names, and those whose contract takes it, or nearly does.

import { breath } from "./breath.js";
import { quoted } from "./jsontext.js";
import { pointer } from "./naming.js";
import { declared } from "./schemas.js";

const MOST = 5;
const MOST_CHECKED = 16; // contracts that are compiled and asked
const LEAST_SHARED = 2;

/** Return the events that a body may be, with the reason, the likeliest first. */
export async function candidates(body, registry) {
  const found = [...named(body, registry.events), ...(await fitting(body, registry))];
  return found.filter(({ event }, at) => found.findIndex((one) => one.event === event) === at).slice(0, MOST);
}

/** Return the events whose name at their provider stands in a text of the body, and is not a part of another name that does. */
function named(body, events) {
  const texts = Object.entries(body).filter(([, value]) => typeof value === "string");
  const found = events.flatMap(({ id, name }) => {
    const said = name && texts.find(([, text]) => stands(name, text));
    return said ? [{ event: id, name, because: `${pointer([said[0]])} says ${quoted(name)}` }] : [];
  });
  return found.filter(({ name }) => !found.some((other) => other.name !== name && other.name.includes(name)));
}

/** Whether a name stands in a text as a word of its own. */
function stands(name, text) {
  const isEdge = (character) => character === undefined || !/[\p{L}\p{N}]/u.test(character);
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) if (isEdge(text[at - 1]) && isEdge(text[at + name.length])) return true;
  return false;
}

/** Return the events whose contract takes the body; where there is none, those that come nearest and share several fields with it. */
async function fitting(body, registry) {
  const likely = registry.events
    .map((event) => ({ event, checker: registry.checker(event, event.versions[0].version) }))
    .map((one) => ({ ...one, shared: [...declared(one.checker.schema).keys()].filter((key) => key in body).length }))
    .filter(({ shared }) => shared)
    .sort((one, other) => other.shared - one.shared)
    .slice(0, MOST_CHECKED);
  const judged = [];
  for (const { event, checker, shared } of likely) {
    await breath(); // to compile a contract takes its time
    const problems = checker.problems(body);
    judged.push({ event: event.id, shared, errors: problems.filter((problem) => problem.weight !== "novelty").length, all: problems.length });
  }
  const near = judged.filter(({ errors, shared }) => !errors || shared >= LEAST_SHARED);
  const fewest = Math.min(...near.map(({ errors }) => errors));
  const best = near.filter(({ errors }) => errors === fewest).sort((one, other) => one.all - other.all);
  return best.map(({ event, errors, shared }) => ({ event, because: reason(errors, shared) }));
}

function reason(errors, shared) {
  if (!errors) return "it keeps the contract";
  return `it shares ${shared} fields with the contract and breaks it in ${errors === 1 ? "1 place" : `${errors} places`} only`;
}
