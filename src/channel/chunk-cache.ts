/**
 * Joins the events of a log into chunks, once for all readers that stand at the same place.
 *
 * @module
 */

import { concatenate } from "../wire/concatenate.ts";
import type { EventLog } from "./event-log.ts";

/** Some events in a row, as they are sent. */
export interface Chunk {
  /** Empty when none of them is still needed. */
  readonly bytes: Uint8Array;
  /** How many events the bytes hold. */
  readonly events: number;
  /** The sequence number after the last event that was looked at, and that event's offset. */
  readonly next: number;
  readonly offset: number;
}

/** The longest chunk for a reader who is behind, unless a single event is longer. */
const CATCH_UP_BYTES = 64 * 1024;
/** The longest chunk for readers who keep up, who all get the same one. */
const LIVE_BYTES = 256 * 1024;
/** Chunks end where a number of events is full, so that readers who began at different places soon share them. */
const ALIGNMENT = 512;
const MAX_KEPT = 16;

/**
 * The newest chunks of one log. Bounds: 16 chunks are kept; a single event is its own chunk and costs nothing.
 */
export class ChunkCache {
  readonly #log: EventLog;
  readonly #kept = new Map<number, Chunk & { readonly madeAt: number }>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** All events from `sequence` on that fit, at least one, for readers who keep up. */
  live(sequence: number): Chunk {
    return this.#join(sequence, this.#log.next, LIVE_BYTES, false);
  }

  /** Some events from `sequence` on, at least one, which must still be kept; states that a newer one replaced are left out. */
  catchUp(sequence: number): Chunk {
    const kept = this.#kept.get(sequence);
    if (kept !== undefined && this.#isGood(kept)) return kept;
    const end = Math.min(this.#log.next, (Math.floor(sequence / ALIGNMENT) + 1) * ALIGNMENT);
    const chunk = this.#join(sequence, end, CATCH_UP_BYTES, this.#log.hasStates);
    if (chunk.events > 1) this.#keep(sequence, chunk);
    return chunk;
  }

  /** Forgets what was joined. */
  clear(): void {
    this.#kept.clear();
  }

  #isGood(chunk: { readonly next: number; readonly madeAt: number }): boolean {
    // What came since makes it neither longer nor needless.
    return chunk.madeAt === this.#log.next || (chunk.next < chunk.madeAt && !this.#log.hasStates);
  }

  #keep(sequence: number, chunk: Chunk): void {
    this.#kept.delete(sequence);
    this.#kept.set(sequence, { ...chunk, madeAt: this.#log.next });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
  }

  #join(from: number, end: number, maxBytes: number, conflate: boolean): Chunk {
    const parts: Uint8Array[] = [];
    let byteLength = 0;
    let next = from;
    for (; next < end; next++) {
      if (conflate && this.#log.isSuperseded(next)) continue;
      const { bytes } = this.#log.at(next);
      if (parts.length > 0 && byteLength + bytes.byteLength > maxBytes) break;
      parts.push(bytes);
      byteLength += bytes.byteLength;
    }
    const only = parts.length === 1 ? parts[0] : undefined;
    const bytes = only ?? concatenate(parts, byteLength);
    return { bytes, events: parts.length, next, offset: this.#log.at(next - 1).offset };
  }
}
