// Bytes → verdicts, a few at a time, so that the page stays alive while thousands are checked.
// The entry of the bundle that is loaded when it is needed.

import { breath } from "./breath.js";
import { detailer } from "./details.js";
import { documents } from "./intake.js";
import { LEVELS } from "./judging.js";
import { Registry } from "./registry.js";
import { checkDocument } from "./walk.js";
import { candidates } from "./ways.js";

const AT_A_TIME_MS = 24;

/** Return what checks payloads, from the registry's data. */
export const kitOf = (data) => new Kit(new Registry(data), data);

class Kit {
  constructor(registry, { examples, events, unchecked }) {
    this.registry = registry;
    this.examples = examples ?? [];
    this.events = events.map((event) => event.id);
    this.unchecked = unchecked ?? [];
  }

  /** Yield the verdicts on some bytes, in batches; between batches the page may breathe. Throws RangeError for options there are not. */
  async *batches(bytes, options = {}) {
    const request = requestOf(this.registry, options);
    let batch = [];
    let start = performance.now();
    for (const document of documents(bytes, options.source)) {
      const detailed = detailer(document, this.registry);
      for (const verdict of checkDocument(document, this.registry, request)) {
        batch.push(detailed(verdict));
        if (performance.now() - start < AT_A_TIME_MS) continue;
        yield batch;
        batch = [];
        await breath();
        start = performance.now();
      }
    }
    yield batch;
  }

  /** Return the versions of an event, newest first; `until` is the day from which the next one was seen. */
  versions(id) {
    const { versions } = this.registry.event(id);
    return versions.map(({ version }, at) => ({ version, until: versions[at - 1]?.firstSeen ?? null }));
  }

  /** Return, in the end, the events that an object may be which no envelope fits, and why each. */
  candidates(body) {
    return candidates(body, this.registry);
  }

  /** Return all verdicts of some bytes. */
  async check(bytes, options) {
    const found = [];
    for await (const batch of this.batches(bytes, options)) found.push(...batch);
    return found;
  }
}

function requestOf(registry, { level = "documented", version = null, event = null }) {
  if (!LEVELS.includes(level)) throw new RangeError(`level is one of ${LEVELS.join(", ")}, and not '${level}'`);
  const found = event ? registry.event(event) : null;
  if (event && !found) throw new RangeError(`there is no event '${event}'`);
  return { level, version, event: found };
}
