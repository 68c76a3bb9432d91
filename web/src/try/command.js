// The command that does the same as the page, as a shell reads it: whatever names and values hold, it is one command with these words.

const PLAIN = /^[\w@%+=:,./-]+$/; // what no shell reads in another way
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
const ID = /^[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+$/;

/** Whether a text has the form of an event's id: an address can ask for nothing else. */
export const isId = (text) => ID.test(text);

/** Return a word as a shell takes it for one word. What is not seen is spelt out, because a terminal would act on it while it is pasted. */
export function quoted(word) {
  if (PLAIN.test(word)) return word;
  if (!UNSEEN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const spelt = (byte) => (byte < 0x20 || byte > 0x7e || byte === 0x27 || byte === 0x5c ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte));
  return `$'${[...new TextEncoder().encode(word)].map(spelt).join("")}'`;
}

/** Return the command that does the same. */
export function commandFor(inputs, { level, version, event }) {
  const names = inputs.map(({ name }) => (name === "-" ? "payload.json" : quoted(name.startsWith("-") ? `./${name}` : name)));
  const options = [["level", level === "documented" ? null : level], ["version", version], ["event", event]].filter(([, value]) => value);
  const words = options.map(([name, value]) => `--${name}${value.startsWith("-") ? "=" : " "}${quoted(value)}`);
  return ["signalbook validate", ...(names.length ? names : ["payload.json"]), ...words].join(" ");
}
