/**
 * Finds where a reader begins: by what stands in memory, or by what the broker keeps.
 *
 * @module
 */

import type { ChannelCore } from "./channel-core.ts";
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
    if (this.#isAhead(log) && typeof this.#said === "object") {
      const { epoch, offset } = await this.#core.brokerLog.head();
      const isPublished = this.#said.epoch === epoch && this.#said.offset <= offset;
      if (isPublished) return { epoch, offset: this.#said.offset, outcome: "resumed" };
    }
    if (!this.#isBefore(log)) return this.find(log);
    const past = await this.#core.readPast({ epoch: log.epoch, offset: 0 });
    const isKept = past.epoch === log.epoch && past.entries.length > 0;
    return { ...this.find(log), offset: isKept ? Math.min(past.from, log.floor) : log.floor };
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
