// What a browser knows of the registry: the data of src/signalbook/site/recognition_data.py, and the look-ups made from it.

import { Checker } from "./engine.js";
import { Index } from "./index.js";
import { Recogniser } from "./recognition.js";

export class Registry {
  constructor(data) {
    this.events = data.events;
    this.index = new Index(data.envelopes, data.events, data.services);
    this.recogniser = new Recogniser(data.envelopes, data.neighbours);
    this.known = new Map([...data.events, ...data.envelopes].map((one) => [one.id, one]));
    this.contracts = data.contracts;
    this.pool = { schemas: data.pool, made: [] };
    this.checkers = new Map();
  }

  /** Return the compiled contract of an event's or envelope's version, made when it is first asked for. */
  checker(what, version) {
    const name = `${what.id}@${version}`;
    if (!this.checkers.has(name)) this.checkers.set(name, Checker.of(this.contracts[name], this.pool));
    return this.checkers.get(name);
  }

  /** Return the title of an event or envelope, or null. */
  title(id) {
    return this.known.get(id)?.title ?? null;
  }

  /** Return the address of the page of an event or envelope, relative to the catalogue's, or null. */
  page(id) {
    return this.known.get(id)?.page ?? null;
  }

  /** Return an event by its id, or by its last word or the provider's exact name where only one event has that; else null. */
  event(word) {
    const exact = this.events.find((event) => event.id === word);
    const named = this.events.filter((event) => event.name === word || event.id.split("/").at(-1) === word);
    return exact ?? (named.length === 1 ? named[0] : null);
  }
}
