/**
 * The event that every contender sends: about 100 bytes on the wire, with a type and an id.
 *
 * @module
 */

/** One event before any contender has encoded it. */
export interface Tick {
  readonly type: string;
  readonly id: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/**
 * The byte by which readers count events: exactly one in every tick, and none in a response head, a
 * chunk size, or a comment. One byte can't be split between two reads.
 */
export const mark = "~";

// Ids of one width keep every frame of a run the same size.
const firstId = 1_000_000;

/** The nth event of a run. */
export function makeTick(n: number): Tick {
  const id = firstId + n;
  return {
    type: "tick",
    id: String(id),
    data: { mark, symbol: "DODO", price: 1801.25, volume: 4200, sequence: id },
  };
}

/** A tick as the wire has it, written by hand. */
export function formatTick(tick: Tick): string {
  return `event: ${tick.type}\nid: ${tick.id}\ndata: ${JSON.stringify(tick.data)}\n\n`;
}
