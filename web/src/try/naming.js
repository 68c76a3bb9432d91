// Pointers, versions, and which name was probably meant; the twin of src/signalbook/registry/naming.py.

import { quoted } from "./jsontext.js";

export const escape = (token) => String(token).replaceAll("~", "~0").replaceAll("/", "~1");
export const pointer = (path) => path.map((step) => `/${escape(step)}`).join("");
export const tokens = (text) => text.split("/").slice(1).map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));

/** Compare two MAJOR.MINOR.PATCH texts. */
export function byVersion(one, other) {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Compare two texts by their characters, where JavaScript's own order goes by halves of characters. */
export function byCharacter(one, other) {
  const [a, b] = [[...one], [...other]];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = a[at].codePointAt(0) - b[at].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}

/** Return those of `words` that `word` was probably meant to be, best first; a different case is nearest of all. */
export function nearest(word, words, limit = 3) {
  const plain = new Map();
  for (const known of words) plain.set(folded(known), [...(plain.get(folded(known)) ?? []), known]);
  const isOther = (known) => Number(casefold(known) !== casefold(word));
  const ranked = closeMatches(folded(word), [...plain.keys()], limit).flatMap((key) => plain.get(key).sort((a, b) => isOther(a) - isOther(b)));
  return ranked.filter((known) => known !== word).slice(0, limit);
}

/** Return the suggestion of some names. */
export const didYouMean = (near) => `did you mean ${near.map(quoted).join(" or ")}?`;

const casefold = (word) => word.toLowerCase().replaceAll("ß", "ss");
const folded = (word) => casefold(word).replaceAll("_", "").replaceAll("-", "");

const CUTOFF = 0.72;

/** What Python's difflib.get_close_matches returns: a suggestion decides which finding is left out, so both must suggest the same. */
function closeMatches(word, possibilities, limit) {
  const b = [...word];
  const places = placesOf(b);
  const scored = [];
  for (const possibility of possibilities) {
    const a = [...possibility];
    const total = a.length + b.length;
    if (total && (2 * Math.min(a.length, b.length)) / total < CUTOFF) continue;
    const score = total ? (2 * matching(a, b, places)) / total : 1;
    if (score >= CUTOFF) scored.push({ score, possibility });
  }
  scored.sort((one, other) => other.score - one.score || byCharacter(other.possibility, one.possibility));
  return scored.slice(0, limit).map((one) => one.possibility);
}

function placesOf(b) {
  const places = new Map();
  b.forEach((character, at) => places.set(character, [...(places.get(character) ?? []), at]));
  if (b.length >= 200) {
    const most = Math.floor(b.length / 100) + 1;
    for (const [character, where] of places) if (where.length > most) places.delete(character);
  }
  return places;
}

/** Return how many characters two texts share in matching blocks. */
function matching(a, b, places) {
  const queue = [[0, a.length, 0, b.length]];
  let count = 0;
  while (queue.length) {
    const [aFrom, aTo, bFrom, bTo] = queue.pop();
    const { i, j, size } = longest(a, b, places, aFrom, aTo, bFrom, bTo);
    if (!size) continue;
    count += size;
    if (aFrom < i && bFrom < j) queue.push([aFrom, i, bFrom, j]);
    if (i + size < aTo && j + size < bTo) queue.push([i + size, aTo, j + size, bTo]);
  }
  return count;
}

function longest(a, b, places, aFrom, aTo, bFrom, bTo) {
  let best = { i: aFrom, j: bFrom, size: 0 };
  let lengths = new Map();
  for (let i = aFrom; i < aTo; i += 1) {
    const next = new Map();
    for (const j of places.get(a[i]) ?? []) {
      if (j < bFrom) continue;
      if (j >= bTo) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { i: i - size + 1, j: j - size + 1, size };
    }
    lengths = next;
  }
  let { i, j, size } = best;
  for (; i > aFrom && j > bFrom && a[i - 1] === b[j - 1]; i -= 1, j -= 1) size += 1;
  while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size += 1;
  return { i, j, size };
}
