// The list of versions to choose from: the newest, any, and those of the event that was identified.

import { eventsOf } from "./view.js";

const ANY = "any";

export class Versions {
  constructor(select) {
    this.select = select;
    this.general = [...select.options];
    this.owner = null; // the event whose versions are offered, if it is one
  }

  get value() {
    return this.select.value || null;
  }

  /** Choose a version, which the list need not offer yet. */
  choose(version) {
    if (![...this.select.options].some(({ value }) => value === version)) this.select.append(new Option(version, version));
    this.select.value = version;
  }

  /** Choose the newest, and offer no event's versions. */
  clear() {
    this.select.replaceChildren(...this.general);
    this.select.value = "";
    this.owner = null;
  }

  /** Offer the versions of what was identified, if that is one event; what was chosen stays chosen. */
  offer(events, kit) {
    if (!events.size) return; // what is typed may be broken for a moment
    const chosen = this.select.value;
    this.owner = events.size === 1 ? [...events][0] : null;
    const own = this.owner ? kit.versions(this.owner) : [];
    const options = own.map(({ version, until }) => new Option(until ? `${version} (until ${until})` : version, version));
    this.select.replaceChildren(...this.general, ...options);
    this.choose(chosen);
  }

  /** Whether a version was chosen for another event than those of some verdicts: of this one the same number says something else. */
  isForAnother(verdicts) {
    return Boolean(this.owner && this.value && this.value !== ANY && verdicts.flatMap(eventsOf).some((event) => event !== this.owner));
  }
}
