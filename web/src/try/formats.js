// Formats as the deciding engine of the kit (jsonschema-rs) reads them. Those of ajv-formats differ: their date-time takes a space for the T, and a
// 60th second in any minute; and they know formats that draft-07 does not. src/signalbook/site/recognition_data.py says which formats stand here.

const DATE = "([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const TIME = "([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\\.[0-9]+)?([zZ]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const MINUTES = 24 * 60;

function isDay(year, month, day) {
  const february = year % 4 || (!(year % 100) && year % 400) ? 28 : 29;
  return day <= [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** Whether a second may be the 60th: at 23:59 in UTC only. */
function isSecond(hour, minute, second, zone) {
  if (second < 60) return true;
  const [hours, minutes] = zone.length === 1 ? [0, 0] : zone.slice(1).split(":").map(Number);
  const offset = (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
  return (hour * 60 + minute - offset + MINUTES) % MINUTES === MINUTES - 1;
}

function testing(form, accepts) {
  const pattern = new RegExp(`^${form}$`, "u");
  return (text) => {
    const found = pattern.exec(text);
    return found !== null && accepts(found);
  };
}

const hasDay = (found) => isDay(...found.slice(1, 4).map(Number));
const hasSecond = (found) => isSecond(...found.slice(-4, -1).map(Number), found.at(-1));

export const FORMATS = {
  date: testing(DATE, hasDay),
  time: testing(TIME, hasSecond),
  ipv4: testing(`${BYTE}(?:\\.${BYTE}){3}`, () => true),
  "date-time": testing(`${DATE}[tT]${TIME}`, (found) => hasDay(found) && hasSecond(found)),
};
