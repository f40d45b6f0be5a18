/**
 * The one gate: decides what may stand in an event of the stream.
 *
 * A line end in a type or an id would let its author write fields, or whole events, of his own. So
 * every event is framed here before it is encoded, and what cannot be framed is refused with a reason.
 *
 * ```ts
 * import { encodeFrame, frame } from "dodona/wire";
 *
 * encodeFrame(frame({ type: "ping", id: 1234, data: "foobar" })); // "event: ping\nid: 1234\ndata: foobar\n\n"
 * frame({ id: "1\ndata: forged" }); // throws a TypeError
 * ```
 *
 * @module
 */

/** What an event may be made of; every field may be left out. */
export interface FrameInit {
  /** The event type, without CR or LF; `""` is the same as none, and readers then take `message`. */
  readonly type?: string | undefined;
  /** The data, any text; `""` is an event with empty data, `undefined` dispatches nothing at the reader. */
  readonly data?: string | undefined;
  /** The last event id from this event on, without CR, LF or NUL; `""` resets it. Numbers must be finite. */
  readonly id?: string | number | bigint | undefined;
  /** How long the reader waits before it reconnects: an integer in milliseconds, 0 to 2^31 - 1. */
  readonly retry?: number | undefined;
}

/** An event that passed the gate; only {@link frame} makes one. */
export interface Frame {
  readonly [passed]: true;
  /** The event type, never empty, or `undefined` for none. */
  readonly type: string | undefined;
  /** The data as it was given, or `undefined` for an event that dispatches nothing. */
  readonly data: string | undefined;
  /** The id as text, or `undefined` to leave the reader's last event id as it is. */
  readonly id: string | undefined;
  /** The reconnection time in milliseconds, or `undefined` to leave the reader's as it is. */
  readonly retry: number | undefined;
}

declare const passed: unique symbol;

/**
 * Passes the fields of one event through the gate.
 *
 * @throws {TypeError} when a field is of the wrong kind, the type contains CR or LF, or the id contains
 * CR, LF or NUL.
 * @throws {RangeError} when `retry` is not an integer from 0 to 2^31 - 1, or a numeric id is not finite.
 * @see WHATWG HTML 9.2.5, Parsing an event stream
 */
export function frame(init: FrameInit): Frame {
  const { type, data, id, retry } = init;
  const fields: Omit<Frame, typeof passed> = {
    type: type === undefined || type === "" ? undefined : checkEventType(type),
    data: data === undefined ? undefined : checkData(data),
    id: id === undefined ? undefined : checkEventId(id),
    retry: retry === undefined ? undefined : checkRetry(retry),
  };
  return fields as Frame;
}

/**
 * Returns the event type unchanged when it may stand in an event.
 *
 * @throws {TypeError} when it is not a string, or contains CR or LF.
 */
export function checkEventType(type: string): string {
  if (typeof type !== "string") refuseKind("event type", type, "a string");
  refuseCharacter("event type", type, "\n", "a line feed");
  refuseCharacter("event type", type, "\r", "a carriage return");
  return type;
}

/**
 * Returns the data unchanged when it may stand in an event: any string may.
 *
 * @throws {TypeError} when it is not a string.
 */
export function checkData(data: string): string {
  if (typeof data !== "string") refuseKind("event data", data, "a string");
  return data;
}

/**
 * Returns the text of a comment unchanged when it may stand in one: any string may.
 *
 * @throws {TypeError} when it is not a string.
 */
export function checkComment(text: string): string {
  if (typeof text !== "string") refuseKind("comment", text, "a string");
  return text;
}

/**
 * Returns the id as text when it may stand in an event.
 *
 * @throws {TypeError} when it is not a string, number or bigint, or contains CR, LF or NUL (readers
 * ignore an id with NUL).
 * @throws {RangeError} when it is a number that is not finite.
 */
export function checkEventId(id: string | number | bigint): string {
  if (typeof id === "bigint") return String(id);
  if (typeof id === "number") {
    if (!Number.isFinite(id)) throw new RangeError(`Cannot frame event id ${id}: it is not finite`);
    return String(id);
  }
  if (typeof id !== "string") refuseKind("event id", id, "a string, number or bigint");
  refuseCharacter("event id", id, "\n", "a line feed");
  refuseCharacter("event id", id, "\r", "a carriage return");
  refuseCharacter("event id", id, "\0", "a NUL");
  return id;
}

/**
 * Returns the reconnection time unchanged when it may stand in an event.
 *
 * The bound is that of timers: several readers take a longer wait as none at all.
 *
 * @throws {TypeError} when it is not a number.
 * @throws {RangeError} when it is not an integer from 0 to 2^31 - 1 (milliseconds).
 */
export function checkRetry(retry: number): number {
  if (typeof retry !== "number") refuseKind("retry", retry, "a number");
  if (!Number.isInteger(retry) || retry < 0 || retry >= 2 ** 31) {
    throw new RangeError(`Cannot frame retry ${retry}: it is not an integer from 0 to 2147483647`);
  }
  return retry;
}

function refuseCharacter(what: string, text: string, character: string, name: string): void {
  if (!text.includes(character)) return;
  throw new TypeError(`Cannot frame ${what} ${quote(text)}: it contains ${name}`);
}

function refuseKind(what: string, value: unknown, wanted: string): never {
  throw new TypeError(`Cannot frame ${what} ${quote(value)}: it is not ${wanted}`);
}

function quote(value: unknown): string {
  if (typeof value === "string") {
    return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}...` : JSON.stringify(value);
  }
  // An object's own toString may throw or tell too much.
  if (typeof value === "object" && value !== null) return Object.prototype.toString.call(value);
  return typeof value === "function" ? "[function]" : String(value);
}
