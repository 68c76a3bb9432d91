// Which event does an envelope name? The twin of src/signalbook/registry/event_index.py: one look-up from the values of an envelope's key parts.

import { byCharacter, nearest } from "./naming.js";

export const ANY = "*";
export const NO_MATCH = "\0"; // stands for a text that lacks the form it must have: no event has it

const written = (key) => JSON.stringify(key);

export class Index {
  constructor(envelopes, events, services) {
    this.events = new Map(envelopes.map((envelope) => [envelope.id, new Map()]));
    this.known = new Map(envelopes.map((envelope) => [envelope.id, new Map()]));
    const byId = new Map(envelopes.map((envelope) => [envelope.id, envelope]));
    const travels = new Map();
    for (const event of events) {
      for (const id of event.envelopes) {
        add(this.events.get(id), keyOf(byId.get(id), event.match), event);
        travels.set(`${serviceOf(event)} ${id}`, [serviceOf(event), id]);
      }
    }
    for (const [serviceId, id] of travels.values()) {
      const service = services.find((one) => one.id === serviceId);
      for (const known of service.known) {
        const key = keyOf(byId.get(id), { ...service.match, name: known.name });
        this.known.get(id).set(written(key), { key, entries: [{ ...known, service: serviceId }] });
      }
    }
  }

  /** Return the event that the values of an envelope's key parts name, or null; a value of null stands for a part that could not be read. */
  event(envelope, values) {
    const entries = this.events.get(envelope.id);
    for (const key of keysFor(values)) {
      const named = entries.get(written(key))?.entries ?? [];
      if (named.length === 1) return named[0];
    }
    if (!values.includes(null) || values.every((value) => value === null)) return null;
    for (const anything of [[], [ANY]]) {
      const fitting = [...entries.values()].filter((one) => one.entries.length === 1 && agrees(one.key, values, anything));
      if (fitting.length) return fitting.length === 1 ? fitting[0].entries[0] : null;
    }
    return null;
  }

  /** Return the name without documented content that the values of an envelope's key parts spell, or null. */
  knownName(envelope, values) {
    const known = this.known.get(envelope.id);
    return keysFor(values).map((key) => known.get(written(key))?.entries[0]).find(Boolean) ?? null;
  }

  /** Whether any event, or any known name, of an envelope has a value as one part of its key. */
  knows(envelope, part, value) {
    const place = placeOf(envelope, part);
    return this.keys(envelope, true).some((key) => key[place] === value || key[place] === ANY);
  }

  /** Return the values that the events of an envelope have as one part of its key, for suggestions. */
  knownValues(envelope, part) {
    return distinct(this.keys(envelope).map((key) => key[placeOf(envelope, part)])).filter((value) => value !== ANY);
  }

  /** Return the ids of the events that the same key names in an envelope, where it does not name one only. */
  claimants(envelope, values) {
    const entries = this.events.get(envelope.id);
    const several = keysFor(values).map((key) => entries.get(written(key))?.entries ?? []).find((named) => named.length > 1);
    return (several ?? []).map((event) => event.id);
  }

  /** Return the values of one part of a key that events which share all others have. */
  siblings(envelope, values, part) {
    const place = placeOf(envelope, part);
    if (place === -1) return [];
    const others = (key) => written(key.filter((_, at) => at !== place));
    return this.keys(envelope).filter((key) => others(key) === others(values) && key[place] !== ANY).map((key) => key[place]);
  }

  /** Return a part of the key of which a general event takes any value, and the values of events of their own that look like this one's; or null. */
  meant(envelope, event, values) {
    const parts = envelope.key.map(({ part }, at) => ({ part, value: values[at] }));
    for (const { part, value } of [...parts.filter((one) => one.part === "name"), ...parts.filter((one) => one.part !== "name")]) {
      if (!value || event.match[part] !== ANY) continue;
      const near = nearest(value, this.siblings(envelope, values, part));
      if (near.length) return { part, near };
    }
    return null;
  }

  /** Return the names that an envelope's events go by, for suggestions. */
  names(envelope) {
    const own = [...this.events.get(envelope.id).values()].filter((one) => one.entries.length === 1);
    const keys = [...own, ...this.known.get(envelope.id).values()].map((one) => one.key).filter((key) => key.length);
    const place = placeOf(envelope, "name");
    return distinct(keys.map((key) => key.at(place))).filter((name) => name !== ANY);
  }

  keys(envelope, withKnown = false) {
    const found = [...this.events.get(envelope.id).values(), ...(withKnown ? this.known.get(envelope.id).values() : [])];
    return found.map((one) => one.key);
  }
}

const serviceOf = (event) => event.id.split("/").slice(0, -1).join("/");
const placeOf = (envelope, part) => envelope.key.findIndex((rule) => rule.part === part);
const keyOf = (envelope, match) => envelope.key.map(({ part }) => (Object.hasOwn(match, part) ? match[part] : ANY));
const distinct = (words) => [...new Set(words)].sort(byCharacter);

function add(entries, key, event) {
  const found = entries.get(written(key));
  if (found) found.entries.push(event);
  else entries.set(written(key), { key, entries: [event] });
}

/** Return the keys that the values of an envelope's key parts may stand under, the most specific first. */
function keysFor(values) {
  return values.reduce((keys, value) => keys.flatMap((key) => (value === null ? [[...key, ANY]] : [[...key, value], [...key, ANY]])), [[]]);
}

function agrees(key, values, anything) {
  return values.every((value, at) => value === null || key[at] === value || anything.includes(key[at]));
}
