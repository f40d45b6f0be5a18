/**
 * Finds where a reader begins: by what stands in memory, or by what the broker keeps.
 *
 * @module
 */

import type { ChannelCore } from "./channel-core.ts";
import type { LogPosition } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { findSeat, type SaidPosition, type Seat } from "./resume.ts";

/** What is asked for one reader, by what it has said. */
export class SeatFinder {
  readonly #core: ChannelCore;
  readonly #said: SaidPosition | "earliest";
  readonly #isOpen: boolean;

  /** `isOpen` says whether who names no place of the log may read all of it. */
  constructor(core: ChannelCore, said: SaidPosition | "earliest", isOpen: boolean) {
    this.#core = core;
    this.#said = said;
    this.#isOpen = isOpen;
  }

  /** By the log in memory alone. */
  find(log: EventLog): Seat {
    return findSeat(log, this.#said, this.#isOpen ? log.floor : log.head);
  }

  /** Whether the broker has to be asked. */
  isElsewhere(log: EventLog): boolean {
    return this.#isAhead(log) || this.#isBefore(log);
  }

  /** By what the broker says. Rejects while it is away. */
  async ask(log: EventLog): Promise<Seat> {
    if (this.#isAhead(log)) {
      const seat = await this.#askAhead(this.#said as LogPosition);
      // Meanwhile the log here may have come to the place.
      if (seat !== undefined && this.#isAhead(log)) return seat;
    }
    if (!this.#isBefore(log)) return this.find(log);
    const past = await this.#core.readPast({ epoch: log.epoch, offset: 0 });
    const seat = this.find(log);
    if (seat.outcome === "resumed" || seat.outcome === "gap") return seat;
    const isKept = past.epoch === log.epoch && past.entries.length > 0;
    return { ...seat, offset: isKept ? Math.min(past.from, log.floor) : log.floor };
  }

  /** By what the broker says of a place that the log here has not come to; nothing if it has no such place. */
  async #askAhead({ epoch, offset }: LogPosition): Promise<Seat | undefined> {
    const head = await this.#core.brokerLog.head();
    if (epoch !== head.epoch || offset > head.offset) return undefined;
    const { from } = this.#core.hasHistory ? await this.#core.readPast({ epoch, offset }) : { from: offset };
    if (from > offset) return { outcome: "gap", reason: "trimmed", epoch, offset: from };
    return from === offset ? { outcome: "resumed", epoch, offset } : undefined;
  }

  /** Whether the reader names a place that the log here has not come to; another node may be faster than this one. */
  #isAhead(log: EventLog): boolean {
    const isRemote = this.#core.brokerLog.local === undefined;
    const said = this.#said;
    return isRemote && typeof said === "object" && said.epoch === log.epoch && said.offset > log.head;
  }

  /** Whether it goes on from the oldest event, which may stand further back than in memory; a state would stand for all. */
  #isBefore(log: EventLog): boolean {
    const { hasHistory, snapshots } = this.#core;
    if (!hasHistory || snapshots !== undefined || !this.#isOpen) return false;
    return this.#said === "earliest" || this.find(log).outcome === "reset";
  }
}
