// How words are cut: identifiers have humps (`instanceId`), numbers have dots (`2.0.0`), and Chinese has no blanks.

const CHINESE = /[\u3400-\u9fff\uf900-\ufaff]/u;
const PIECES = /[\u3400-\u9fff\uf900-\ufaff]+|\p{N}+(?:\.\p{N}+)+|(?:(?![\u3400-\u9fff\uf900-\ufaff])[\p{L}\p{N}_])+/gu;
const HUMP = /_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
const ENGLISH = "a about an and any are as at be by can could do does find for from get give got has have how i if in into is it its look me mean means my need of on or our see show should tell than that the their them then there these this to up use using want was we what when where which who why will with would you your signalbook";
const STOP = new Set(ENGLISH.split(" "));

export const isChinese = (word) => CHINESE.test(word);

/** Return a word as the index has it: small letters, and an English plural as its singular. */
export function plain(word) {
  const small = word.toLocaleLowerCase();
  if (!/^[a-z]{3,}s$/.test(small) || /(ss|us|is)$/.test(small)) return small;
  return small.endsWith("ies") ? `${small.slice(0, -3)}y` : small.slice(0, -1);
}

/** Return the words of a text: whole identifiers, their humps, and of Chinese each pair of characters. */
export function words(text) {
  const out = [];
  for (const [piece] of text.matchAll(PIECES)) {
    if (isChinese(piece)) {
      if (piece.length === 1) out.push(piece);
      for (let place = 0; place + 1 < piece.length; place++) out.push(piece.slice(place, place + 2));
      continue;
    }
    out.push(piece);
    const humps = piece.split(HUMP).filter(Boolean);
    if (humps.length > 1) out.push(...humps);
  }
  return out.map(plain);
}

/** Return the words somebody asks for: identifiers whole, so that `instanceId` does not mean every id; no single letters, and none of a question's small words. */
export function asked(text) {
  const all = [...text.matchAll(PIECES)].flatMap(([piece]) => (isChinese(piece) ? words(piece) : [piece]));
  const some = all.filter((word) => !/^[a-z]$/i.test(word));
  const telling = some.filter((word) => !STOP.has(word.toLocaleLowerCase()));
  return (telling.length ? telling : some).map(plain);
}

/** Return a text as it is compared whole: small letters, single blanks, none after a colon. */
export const whole = (text) => text.toLocaleLowerCase().trim().replace(/\s+/g, " ").replace(/: /g, ":");

function ranges(text, terms) {
  const out = [];
  for (const found of text.matchAll(PIECES)) {
    const piece = found[0];
    if (isChinese(piece)) {
      for (let place = 0; place < piece.length; place++) {
        if (terms.has(piece.slice(place, place + 2))) out.push([found.index + place, found.index + Math.min(place + 2, piece.length)]);
      }
    } else if (terms.has(plain(piece))) out.push([found.index, found.index + piece.length]);
    else {
      let place = 0;
      for (const hump of piece.split(HUMP)) {
        place = piece.indexOf(hump, place);
        if (hump && terms.has(plain(hump))) out.push([found.index + place, found.index + place + hump.length]);
        place += hump.length;
      }
    }
  }
  return out;
}

/** Return a text as nodes in which the words that were found are marked. */
export function marked(text, terms) {
  const out = [];
  let end = 0;
  for (const [from, to] of ranges(text, terms)) {
    const start = Math.max(from, end);
    if (to <= start) continue;
    out.push(text.slice(end, start));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, to);
    out.push(mark);
    end = to;
  }
  out.push(text.slice(end));
  return out.filter((node) => node !== "");
}

/** Return a piece of a long text around the first word that was found. */
export function around(text, terms) {
  const first = ranges(text, terms)[0]?.[0] ?? 0;
  if (text.length <= 180) return text;
  const from = first < 70 ? 0 : text.indexOf(" ", first - 60) + 1;
  const to = text.lastIndexOf(" ", from + 170);
  return `${from ? "… " : ""}${text.slice(from, to > from ? to : undefined)}${to > from && to < text.length ? " …" : ""}`;
}
