/**
 * The data of an event as JSON.
 *
 * @module
 */
import type { DecodedEvent } from "../wire/decode.ts";
import { EventSourceError } from "./client-error.ts";

/** An event whose data was JSON. */
export interface JsonEvent<Data> extends Omit<DecodedEvent, "data"> {
  readonly data: Data;
}

/** Gives the event with its data parsed; throws an {@linkcode EventSourceError} with the code `not-json`. */
export function parseJson<Data>({ type, data, lastEventId }: DecodedEvent): JsonEvent<Data> {
  try {
    return { type, data: JSON.parse(data), lastEventId };
  } catch (cause) {
    throw new EventSourceError("not-json", { detail: data.slice(0, 80), cause });
  }
}
