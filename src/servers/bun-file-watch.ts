/**
 * Waits for a file that Bun sends: the system reads it for Bun, and nobody is told when it is done.
 *
 * @module
 */

import { systemClock } from "../sse/clock.ts";
import { type Beating, Heartbeat } from "../sse/heartbeat.ts";

/** The request that a file answers, as the server has it. */
export interface FileExchange {
  /** Whether the client has all of the answer, or is gone. */
  isOver(): boolean;
  /** Has the connection cut when so many seconds have passed, in place of what was said before. */
  cutAfter(seconds: number): void;
}

/** How long a file stays open after its end, at most. */
const INTERVAL_MS = 100;
/**
 * A reader may be as slow as it likes, for its time begins anew with each look. But of a file that was cut off, Bun
 * sends what there is and takes the answer for complete, while the client waits for the rest: it waits for so long.
 */
const CUT_SECONDS = 8;

/** One timer for the files of all servers. */
const heartbeat = new Heartbeat(systemClock);

/** Looks after one file from its first byte to its last. */
export class BunFileWatch implements Beating {
  readonly patienceMs: number = INTERVAL_MS;
  /** Resolves when the answer is over. */
  readonly over: Promise<void>;
  readonly #exchange: FileExchange;
  readonly #heartbeat: Heartbeat;
  #dueAt = 0;
  #resolve: () => void = () => undefined;

  constructor(exchange: FileExchange, beats: Heartbeat = heartbeat) {
    this.#exchange = exchange;
    this.#heartbeat = beats;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  /** Looks for the first time, which is when Bun has the answer: of most, the system has taken all by then. */
  beat(): void {
    if (this.#exchange.isOver()) {
      this.#heartbeat.delete(this);
      this.#resolve();
      return;
    }
    this.#exchange.cutAfter(CUT_SECONDS);
    this.#dueAt = this.#heartbeat.now() + this.patienceMs;
    this.#heartbeat.add(this);
  }
}
