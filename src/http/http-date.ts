/**
 * Dates as HTTP writes them: to the second, in GMT.
 *
 * A date from a peer is taken only when it is one to the letter; `Date.parse` takes much that is none, and not
 * the same on each runtime.
 *
 * @module
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
const CURRENT = new RegExp(`^\\w{3}, (\\d\\d) (\\w{3}) (\\d{4}) ${TIME} GMT$`);
const RFC850 = new RegExp(
  `^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day), (\\d\\d)-(\\w{3})-(\\d\\d) ${TIME} GMT$`,
);
const ASCTIME = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\\w{3}) ([ \\d]\\d) ${TIME} (\\d{4})$`);
/** The longest date, of the old form that spells out the day, has 33. */
const MAX_LENGTH = 33;

/** Writes a time, in milliseconds since 1970, as an HTTP date; what is less than a second is cut off. */
export function formatHttpDate(timeMs: number): string {
  return new Date(timeMs).toUTCString();
}

/**
 * Reads an HTTP date, of the present form or one of the two old ones, as milliseconds since 1970.
 *
 * `undefined` for anything else; the field is then to be ignored.
 *
 * @see RFC 9110, section 5.6.7
 */
export function parseHttpDate(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const current = CURRENT.exec(text);
  if (current !== null) {
    const [, day, month, year, ...time] = current;
    const timeMs = toTime(Number(year), month, Number(day), time);
    // Also the day of the week must be right: whoever gets it wrong has not copied what we sent.
    return timeMs !== undefined && formatHttpDate(timeMs) === text ? timeMs : undefined;
  }
  const old = RFC850.exec(text);
  if (old !== null) {
    const [, day, month, year, ...time] = old;
    return toTime(fullYear(Number(year)), month, Number(day), time);
  }
  const [, month, day, hours = "", minutes = "", seconds = "", year] = ASCTIME.exec(text) ?? [];
  return toTime(Number(year), month, Number(day), [hours, minutes, seconds]);
}

/** A year of two digits that seems more than 50 years ahead is the one of the past century. */
function fullYear(year: number): number {
  const now = new Date().getUTCFullYear();
  const full = now - (now % 100) + year;
  return full > now + 50 ? full - 100 : full;
}

function toTime(year: number, month: string | undefined, day: number, time: string[]): number | undefined {
  const monthIndex = MONTHS.indexOf(month ?? "");
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number);
  if (monthIndex === -1 || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const date = new Date(Date.UTC(year, monthIndex, day, hours, minutes, seconds));
  // A day that the month has not would be one of the next.
  return date.getUTCDate() === day && date.getUTCMonth() === monthIndex ? date.getTime() : undefined;
}
