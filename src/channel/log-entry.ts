/**
 * One event in a log: its bytes, made once, and what there is to know without reading them.
 *
 * @module
 */

import { createDecoder, type DecodedEvent } from "../wire/decode.ts";
import { type EventRecord, encodeRecord } from "./event-record.ts";

/** An event as those see it who filter or map what they follow. */
export interface ChannelEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  /** What was published; objects are shared by all who look, and not to be changed. */
  readonly data: Data;
  /** The id that the log gave it. */
  readonly id: string;
  /** Of what it is the state, if it was published with a key. */
  readonly key: string | undefined;
}

/** An event in a log. */
export class LogEntry {
  readonly offset: number;
  /** The whole event as it is sent, its id first. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly id: string;
  readonly key: string | undefined;
  /** The clock's time of its coming. */
  readonly at: number;
  readonly #json: boolean;
  #event: ChannelEvent | undefined;

  /** Throws as the gate does, for a record that came from elsewhere and may not stand in a stream. */
  constructor(record: EventRecord, offset: number, id: string, at: number) {
    this.offset = offset;
    this.id = id;
    this.key = record.key;
    this.at = at;
    this.#json = record.json;
    this.bytes = encodeRecord(record, id);
  }

  /** The bytes after the line of the id: what is the same under any id. */
  get rest(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(this.id.length + 5);
  }

  /** The event for a filter or a map; read from the bytes on first use. */
  get event(): ChannelEvent {
    this.#event ??= this.#read();
    return this.#event;
  }

  #read(): ChannelEvent {
    let decoded: DecodedEvent = { type: "message", data: "", lastEventId: this.id };
    const onEvent = (event: DecodedEvent) => {
      decoded = event;
    };
    // The log has bounded it.
    const unbounded = Number.POSITIVE_INFINITY;
    const decoder = createDecoder({ onEvent }, { maxLineLength: unbounded, maxEventLength: unbounded });
    decoder.feed(this.bytes);
    const { type, data } = decoded;
    return { type, data: this.#json ? JSON.parse(data) : data, id: this.id, key: this.key };
  }
}
