/**
 * An event on its way to an `EventSource`: checked when it is made, encoded once, sent to any number of
 * targets.
 *
 * ```ts
 * import { ServerSentEvent } from "dodona";
 *
 * const event = new ServerSentEvent("price", { symbol: "OAK", cents: 1210 }, { id: 7 });
 * ```
 *
 * @module
 */

import { encodeFrame, toBytes } from "../wire/encode.ts";
import { type Frame, frame } from "../wire/frame.ts";

/** What may be said of an event beside its type and its data. */
export interface ServerSentEventInit extends EventInit {
  /**
   * The id that a returning reader sends back as `Last-Event-ID`. Without CR, LF and NUL; `""` makes the
   * reader forget the id it has.
   */
  id?: string | number | bigint;
  /** How long the reader waits before it reconnects, from now on: whole milliseconds, below 2^31. */
  retry?: number;
  /** Handed to `JSON.stringify` with data that is not a string. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON.stringify's own type
  replacer?: (string | number)[] | ((this: any, key: string, value: any) => any) | null;
  /** Handed to `JSON.stringify` with data that is not a string. */
  space?: string | number;
}

/**
 * An immutable event for a target's `dispatchEvent`.
 *
 * Data is sent as it is when it is a string, as nothing when it is `undefined`, else as JSON. Only an event
 * made with `cancelable: true` can be cancelled by a local listener, and it stays cancelled for every target.
 *
 * Throws a `TypeError` for a type with CR or LF, an id with CR, LF or NUL, and data that JSON can't express
 * (a function, a symbol, a cycle, a bigint); a `RangeError` for a `retry` out of bounds.
 *
 * @see HTML Standard, section 9.2.5 "Parsing an event stream"
 */
export class ServerSentEvent extends Event {
  readonly #frame: Frame;
  #bytes: Uint8Array | undefined;

  constructor(type: string, data?: unknown, init: ServerSentEventInit = {}) {
    const { id, retry, replacer, space, ...eventInit } = init;
    super(type, eventInit);
    this.#frame = frame({ type, data: serializeData(data, replacer, space), id, retry });
  }

  /** The data as it is sent. */
  get data(): string {
    return this.#frame.data ?? "";
  }

  /** The id as it is sent, or `undefined` when none is. */
  get id(): string | undefined {
    return this.#frame.id;
  }

  /** The reconnection time in milliseconds, or `undefined` when none is sent. */
  get retry(): number | undefined {
    return this.#frame.retry;
  }

  /** The event in the format of the stream, as UTF-8: made on first use and then kept. Not to be changed. */
  get bytes(): Uint8Array {
    this.#bytes ??= toBytes(encodeFrame(this.#frame));
    return this.#bytes;
  }

  /** The event in the format of the stream, as text. */
  override toString(): string {
    return encodeFrame(this.#frame);
  }
}

/**
 * Gives `data` as it stands in an event: strings as they are, `undefined` as `""`, all else as JSON.
 *
 * Throws a `TypeError` for what JSON can't express, with the serialiser's error as its cause.
 */
export function serializeData(
  data: unknown,
  replacer?: ServerSentEventInit["replacer"],
  space?: ServerSentEventInit["space"],
): string {
  if (typeof data === "string") return data;
  if (data === undefined) return "";
  let json: string | undefined;
  let cause: unknown;
  try {
    // The two kinds of replacer are two signatures of `stringify`.
    json = JSON.stringify(data, replacer as (string | number)[] | null | undefined, space);
  } catch (error) {
    cause = error;
  }
  if (json !== undefined) return json;
  const why = cause instanceof Error ? cause.message : `JSON has no word for a ${typeof data}`;
  throw new TypeError(`Cannot serialize the data of an event: ${why}`, { cause });
}
