/**
 * What is published, before a log has given it its place: the form in which brokers carry events.
 *
 * @module
 */

import { ServerSentEvent, serializeData } from "../sse/server-sent-event.ts";
import { encodeFrame, toBytes } from "../wire/encode.ts";
import { checkEventType, frame } from "../wire/frame.ts";

/** An event without an id. */
export interface EventRecord {
  /** The event type; `"message"` is what readers take for none. */
  readonly type: string;
  /** The data as it is sent. */
  readonly data: string;
  /** Whether the data is JSON that was made of something else than a string. */
  readonly json: boolean;
  /** Of what it is the state: a reader who is behind needs the newest of a key only. */
  readonly key?: string | undefined;
}

/** How long a key may be, in UTF-16 code units. */
export const MAX_KEY_LENGTH = 256;

/**
 * Makes a record of what was given to `publish`.
 *
 * Throws a `TypeError` for a type with CR or LF, a key that is no string of 1 to 256 characters, an event with an id or
 * a retry of its own, and data that JSON can't express.
 */
export function makeRecord(type: string | ServerSentEvent, data?: unknown, key?: string): EventRecord {
  if (key !== undefined && (typeof key !== "string" || key === "" || key.length > MAX_KEY_LENGTH)) {
    throw new TypeError(
      `Cannot publish an event with the key ${quote(key)}: not 1 to ${MAX_KEY_LENGTH} characters`,
    );
  }
  if (type instanceof ServerSentEvent) {
    checkPrepared(type);
    return { type: type.type || "message", data: type.data, json: false, key };
  }
  return {
    type: checkEventType(type) || "message",
    data: serializeData(data),
    json: typeof data !== "string" && data !== undefined,
    key,
  };
}

/** Encodes a record with its id, if it has one, which stands first and is printable ASCII. */
export function encodeRecord({ type, data }: EventRecord, id: string | undefined): Uint8Array<ArrayBuffer> {
  const text = encodeFrame(frame({ type: type === "message" ? undefined : type, data }));
  return toBytes(id === undefined ? text : idLine(id) + text);
}

/** The line of an event that names its id. */
export function idLine(id: string): string {
  return `id: ${id}\n`;
}

function checkPrepared(event: ServerSentEvent): void {
  const { id, retry } = event;
  if (id !== undefined) {
    throw new TypeError(
      `Cannot publish an event with the id ${quote(id)}: ids are given by the channel's log`,
    );
  }
  if (retry !== undefined) {
    throw new TypeError(
      `Cannot publish an event with retry ${retry}: how to come back is said to each reader alone`,
    );
  }
}

function quote(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(typeof value);
}
