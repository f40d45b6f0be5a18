import { RemoteLog } from "../../src/brokers/remote-log.ts";
import type {
  Broker,
  BrokerLog,
  BrokerLogOptions,
  Following,
  HistoryPage,
} from "../../src/channel/broker.ts";
import type { LogPosition } from "../../src/channel/event-id.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import type { EventRecord } from "../../src/channel/event-record.ts";
import type { VirtualClock } from "../../src/testing/virtual-clock.ts";

/** Gives numbers from 0 up to 1, without it. */
export type Random = () => number;

/** A broker elsewhere that takes its time, tells some things twice and others never, and keeps more than memory does. */
export class SimulationBroker implements Broker {
  readonly status = { connected: true, pending: 0, lastError: undefined };
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #epoch: string;
  readonly #kept: number;
  readonly #logs = new Map<string, SimulationLog>();

  constructor(clock: VirtualClock, random: Random, epoch: string, kept: number) {
    this.#clock = clock;
    this.#random = random;
    this.#epoch = epoch;
    this.#kept = kept;
  }

  open(channel: string, options: BrokerLogOptions): BrokerLog {
    let log = this.#logs.get(channel);
    if (log === undefined) {
      log = new SimulationLog(this.#clock, this.#random, this.#epoch, this.#kept, options);
      this.#logs.set(channel, log);
    }
    return log;
  }

  /** Every log looks whether it has missed something. */
  check(): void {
    for (const log of this.#logs.values()) log.check();
  }

  async close(): Promise<void> {
    this.#logs.clear();
  }
}

class SimulationLog implements BrokerLog {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #epoch: string;
  readonly #kept: number;
  readonly #options: BrokerLogOptions;
  readonly #records: EventRecord[] = [];
  #appending: Promise<unknown> = Promise.resolve();
  #remotes = new Set<RemoteLog>();

  constructor(clock: VirtualClock, random: Random, epoch: string, kept: number, options: BrokerLogOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#epoch = epoch;
    this.#kept = kept;
    this.#options = options;
  }

  append(record: EventRecord): Promise<LogPosition> {
    const appended = this.#appending.then(async () => {
      await this.#delay();
      const previous = this.#records.length;
      const offset = this.#records.push(record);
      for (const remote of this.#remotes) {
        const luck = this.#random();
        if (luck < 0.1) continue;
        const event = { epoch: this.#epoch, offset, previous, record };
        void this.#delay().then(() => remote.receive(event));
        if (luck > 0.9) void this.#delay().then(() => remote.receive(event));
      }
      return { epoch: this.#epoch, offset };
    });
    this.#appending = appended;
    return appended;
  }

  async head(): Promise<LogPosition> {
    await this.#delay();
    return { epoch: this.#epoch, offset: this.#records.length };
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    await this.#delay();
    const floor = Math.max(0, this.#records.length - this.#kept);
    const from = Math.max(after.epoch === this.#epoch ? after.offset : 0, floor);
    const events = this.#records
      .slice(from, from + Math.min(limit, 7))
      .map((record, at) => ({ offset: from + at + 1, record }));
    return { epoch: this.#epoch, from, events };
  }

  follow(changed: () => void): Following {
    const { tag, limits, clock } = this.#options;
    const state: { log?: EventLog; remote?: RemoteLog; closed: boolean } = { closed: false };
    const opened = this.head().then((head) => {
      if (state.closed) throw new Error("closed");
      state.log = new EventLog(tag, head, limits, clock);
      state.remote = new RemoteLog(state.log, this, changed, () => undefined);
      this.#remotes.add(state.remote);
      void state.remote.catchUp();
      return state.log;
    });
    opened.catch(() => undefined);
    return {
      get log() {
        return state.log;
      },
      opened,
      close: () => {
        state.closed = true;
        state.remote?.close();
        state.log?.clear();
        if (state.remote !== undefined) this.#remotes.delete(state.remote);
      },
    };
  }

  check(): void {
    for (const remote of this.#remotes) void remote.catchUp();
  }

  #delay(): Promise<void> {
    const delayMs = Math.floor(this.#random() * 20);
    return new Promise((resolve) => this.#clock.after(delayMs, resolve));
  }
}
