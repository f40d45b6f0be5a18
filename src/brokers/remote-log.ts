/**
 * Keeps the newest events of a log that lives elsewhere in memory: in order, each once, and with its holes told.
 *
 * @module
 */

import type { HistoryPage, PlacedRecord } from "../channel/broker.ts";
import type { LogPosition } from "../channel/event-id.ts";
import type { EventLog } from "../channel/event-log.ts";

/** Where the log lives. */
export interface RemoteSource {
  /** Resolves with the place of the newest event. */
  head(): Promise<LogPosition>;
  /** Resolves with the oldest events after a place, at most `limit`. */
  read(after: LogPosition, limit: number): Promise<HistoryPage>;
}

/** An event as the source tells of it when it comes. */
export interface RemoteEvent extends PlacedRecord {
  readonly epoch: string;
  /** The offset of the event before it. */
  readonly previous: number;
}

/** How many events are read at once. */
const PAGE_EVENTS = 512;

/**
 * Follows one remote log.
 *
 * An event whose predecessor is the newest one here is appended at once; for any other the source is read until nothing is
 * missing. What comes meanwhile is not kept: it is read too. What the source has dropped before it could be read is told as
 * a hole, and so is what it may have lost after what was here already; another life of the log is told as its new
 * beginning. `changed` is called after each change, in its turn; `failed` with what stands in the source and is no event.
 */
export class RemoteLog {
  readonly log: EventLog;
  readonly #source: RemoteSource;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #catchingUp: Promise<void> | undefined;
  /** The newest place that was heard of. */
  #heard: LogPosition | undefined;
  #again = false;
  #closed = false;

  constructor(log: EventLog, source: RemoteSource, changed: () => void, failed: (error: unknown) => void) {
    this.log = log;
    this.#source = source;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** How far the newest event that was heard of is ahead of the newest one here, in offsets. */
  get lag(): number {
    const { epoch, head } = this.log;
    return this.#heard?.epoch === epoch ? Math.max(0, this.#heard.offset - head) : 0;
  }

  /** Takes an event that the source tells of. One that is known already is dropped. */
  receive(event: RemoteEvent): void {
    if (this.#closed) return;
    const { epoch, head } = this.log;
    if (event.epoch === epoch && event.offset <= head) return;
    if (event.epoch === epoch && event.previous === head && this.#catchingUp === undefined) {
      this.#append(event);
      this.#changed();
    } else {
      this.#heard = event;
      void this.catchUp();
    }
  }

  /**
   * Reads what is missing, up to the present end. Called when something may have been lost on its way: after an outage,
   * and now and then. Never rejects: what fails is told, and tried again at the next call.
   */
  catchUp(): Promise<void> {
    this.#again = true;
    this.#catchingUp ??= this.#readOn().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  /** Stops. Nothing is appended or called any more. */
  close(): void {
    this.#closed = true;
  }

  async #readOn(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        const head = await this.#source.head();
        this.#heard = head;
        while (!this.#closed && !this.#isAt(head)) await this.#readPage();
      }
    } catch (error) {
      if (!this.#closed) this.#failed(error);
    }
  }

  #isAt({ epoch, offset }: LogPosition): boolean {
    return this.log.epoch === epoch && this.log.head >= offset;
  }

  async #readPage(): Promise<void> {
    const { epoch, head } = this.log;
    const page = await this.#source.read({ epoch, offset: head }, PAGE_EVENTS);
    if (this.#closed) return;
    const [first] = page.events;
    if (page.epoch !== epoch) this.log.restart({ epoch: page.epoch, offset: page.from });
    else if (page.from > head) this.log.skip(page.from);
    else if (page.from < head && first !== undefined) this.log.skip(first.offset - 1);
    for (const event of page.events) this.#append(event);
    this.#changed();
    if (page.events.length > 0 || page.from > head || page.epoch !== epoch) return;
    // Nothing comes after, though the head says otherwise: what there was is gone.
    const end = await this.#source.head();
    if (this.#closed) return;
    if (end.epoch === this.log.epoch) this.log.skip(end.offset);
    else this.log.restart(end);
    this.#changed();
  }

  #append({ offset, record }: PlacedRecord): void {
    if (offset <= this.log.head) return;
    try {
      this.log.append(offset, record);
    } catch (error) {
      // It can't stand in a stream, or is larger than what memory may hold: its readers are told that it is missing.
      this.log.skip(offset);
      this.#failed(error);
    }
  }
}
