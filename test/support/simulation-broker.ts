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
import type { Random } from "./simulation-dice.ts";

/** What a simulated broker fails with. */
export const BROKER_AWAY = "the broker is away";

/** A broker elsewhere that takes its time, tells some things twice and others never, and keeps more than memory does. */
export class SimulationBroker implements Broker {
  readonly status = { connected: true, pending: 0, lastError: undefined };
  /** How often an answer of it is none, from 0 to 1. */
  failures = 0;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly epoch: string;
  /** How many events of a log it keeps. */
  readonly kept: number;
  readonly #logs = new Map<string, SimulationLog>();

  constructor(clock: VirtualClock, random: Random, epoch: string, kept: number) {
    this.clock = clock;
    this.random = random;
    this.epoch = epoch;
    this.kept = kept;
  }

  /** How many follow its logs. */
  get followers(): number {
    let followers = 0;
    for (const log of this.#logs.values()) followers += log.remotes.size;
    return followers;
  }

  open(channel: string, options: BrokerLogOptions): BrokerLog {
    let log = this.#logs.get(channel);
    if (log === undefined) {
      log = new SimulationLog(this, options);
      this.#logs.set(channel, log);
    }
    return log;
  }

  /** Every log looks whether it has missed something. */
  check(): void {
    for (const log of this.#logs.values()) {
      for (const remote of log.remotes) void remote.catchUp();
    }
  }

  async close(): Promise<void> {
    this.#logs.clear();
  }
}

class SimulationLog implements BrokerLog {
  readonly remotes: Set<RemoteLog> = new Set();
  readonly #broker: SimulationBroker;
  readonly #options: BrokerLogOptions;
  readonly #records: EventRecord[] = [];
  #appending: Promise<unknown> = Promise.resolve();

  constructor(broker: SimulationBroker, options: BrokerLogOptions) {
    this.#broker = broker;
    this.#options = options;
  }

  get #place(): LogPosition {
    return { epoch: this.#broker.epoch, offset: this.#records.length };
  }

  append(record: EventRecord): Promise<LogPosition> {
    const { random } = this.#broker;
    const appended = this.#appending.then(async () => {
      await this.#delay();
      const previous = this.#records.length;
      this.#records.push(record);
      const event = { ...this.#place, previous, record };
      for (const remote of this.remotes) {
        const luck = random();
        if (luck < 0.1) continue;
        void this.#delay().then(() => remote.receive(event));
        if (luck > 0.9) void this.#delay().then(() => remote.receive(event));
      }
      return this.#place;
    });
    this.#appending = appended;
    return appended;
  }

  async head(): Promise<LogPosition> {
    await this.#answer();
    return this.#place;
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    await this.#answer();
    const { epoch, kept } = this.#broker;
    const floor = Math.max(0, this.#records.length - kept);
    const from = Math.max(after.epoch === epoch ? after.offset : 0, floor);
    const events = this.#records
      .slice(from, from + Math.min(limit, 7))
      .map((record, at) => ({ offset: from + at + 1, record }));
    return { epoch, from, events };
  }

  follow(changed: () => void): Following {
    const { tag, limits, clock } = this.#options;
    const state: { log?: EventLog; remote?: RemoteLog; closed: boolean } = { closed: false };
    const opened = this.#delay().then(() => {
      if (state.closed) throw new Error("closed");
      state.log = new EventLog(tag, this.#place, limits, clock);
      state.remote = new RemoteLog(state.log, this, changed, () => undefined);
      this.remotes.add(state.remote);
      void state.remote.catchUp();
      return state.log;
    });
    return {
      get log() {
        return state.log;
      },
      opened,
      close: () => {
        state.closed = true;
        state.remote?.close();
        state.log?.clear();
        if (state.remote !== undefined) this.remotes.delete(state.remote);
      },
    };
  }

  async #answer(): Promise<void> {
    await this.#delay();
    if (this.#broker.random() < this.#broker.failures) throw new Error(BROKER_AWAY);
  }

  #delay(): Promise<void> {
    const delayMs = Math.floor(this.#broker.random() * 20);
    return new Promise((resolve) => this.#broker.clock.after(delayMs, resolve));
  }
}
