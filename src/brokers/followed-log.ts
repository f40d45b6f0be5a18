/**
 * Follows a log that lives elsewhere while somebody reads it: begins with the first reader, tries again for as long as the
 * broker is away, and ends with the last.
 *
 * @module
 */

import type { BrokerLogOptions, Following } from "../channel/broker.ts";
import type { LogPosition } from "../channel/event-id.ts";
import { EventLog } from "../channel/event-log.ts";
import { RemoteLog, type RemoteSource } from "./remote-log.ts";

/** The log, as whoever keeps it gives it. */
export interface FollowedSource {
  /** Whether offsets between those of events are places too. */
  readonly isSparse?: boolean;
  /** Resolves with the place of the newest event; what comes after it is brought, or found by `started`. */
  begin(): Promise<LogPosition>;
  /** Gives from where `log` is filled. */
  source(log: EventLog): RemoteSource;
  /** The log is there. */
  started(remote: RemoteLog): void;
  /** The last reader has gone. */
  ended(): void;
  /** Something failed that nobody waits for. */
  tell(error: unknown): void;
}

/** How long the first attempts wait for the next, in milliseconds; each twice as long as the one before. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** The readers of one log in this process, and what they share. */
export class FollowedLog {
  readonly #channel: string;
  readonly #source: FollowedSource;
  readonly #options: BrokerLogOptions;
  readonly #followers = new Set<() => void>();
  #remote: RemoteLog | undefined;
  #opening: Promise<EventLog> | undefined;
  /** Changed when following ends, so that an opening that is under way stops. */
  #turn = 0;

  /** `channel` is what errors call it. */
  constructor(channel: string, source: FollowedSource, options: BrokerLogOptions) {
    this.#channel = channel;
    this.#source = source;
    this.#options = options;
  }

  /** What is kept of it; `undefined` while nobody follows, and until it is there. */
  get remote(): RemoteLog | undefined {
    return this.#remote;
  }

  /** As `BrokerLog.follow`. */
  follow(changed: () => void): Following {
    const follower = () => changed();
    this.#followers.add(follower);
    if (this.#opening === undefined) {
      this.#opening = this.#open(this.#turn);
      this.#opening.catch(() => {
        // Told to whoever waits for it.
      });
    }
    const remote = () => this.#remote;
    return {
      get log() {
        return remote()?.log;
      },
      get lag() {
        return remote()?.lag ?? 0;
      },
      opened: this.#opening,
      close: () => this.#unfollow(follower),
    };
  }

  /** The broker is closed: an opening that is under way is given up. */
  close(): void {
    if (this.#remote === undefined) this.#turn++;
  }

  #unfollow(follower: () => void): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0 || this.#opening === undefined) return;
    this.#turn++;
    this.#opening = undefined;
    this.#remote?.close();
    this.#remote?.log.clear();
    this.#remote = undefined;
    this.#source.ended();
  }

  async #open(turn: number): Promise<EventLog> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const head = await this.#source.begin();
        if (turn === this.#turn) return this.#start(head);
      } catch (error) {
        if (turn === this.#turn) this.#source.tell(error);
      }
      if (turn === this.#turn) {
        await new Promise<void>((resolve) => this.#options.clock.after(pauseMs, resolve));
      }
      if (turn !== this.#turn) {
        throw new Error(`Cannot follow ${JSON.stringify(this.#channel)}: its last reader has gone`);
      }
    }
  }

  #start(head: LogPosition): EventLog {
    const { tag, limits, clock } = this.#options;
    const log = new EventLog(tag, head, limits, clock, this.#source.isSparse);
    const changed = () => {
      for (const follower of this.#followers) follower();
    };
    const source = this.#source.source(log);
    this.#remote = new RemoteLog(log, source, changed, (error) => this.#source.tell(error));
    this.#source.started(this.#remote);
    return log;
  }
}
