import { type RemoteEvent, RemoteLog } from "../../src/brokers/remote-log.ts";
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

/**
 * A broker elsewhere that takes its time, tells some things twice and others never, keeps more than memory does, and may
 * come back without its newest events.
 */
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

  /** It comes back as it was before the newest events of its logs, up to so many of each. */
  forget(count: number): void {
    for (const log of this.#logs.values()) log.forget(count);
  }

  /** Whether an event was forgotten. */
  isLost(channel: string, number: number): boolean {
    return this.#logs.get(channel)?.lost.has(number) === true;
  }

  /** Whether an event was forgotten of which nobody knew when the next one came, to who has seen `last` and no more. */
  isUnknown(channel: string, number: number, last: number): boolean {
    const previous = this.#logs.get(channel)?.unknown.get(number);
    return previous !== undefined && last <= previous;
  }

  async close(): Promise<void> {
    this.#logs.clear();
  }
}

class SimulationLog implements BrokerLog {
  readonly remotes: Set<RemoteLog> = new Set();
  readonly #broker: SimulationBroker;
  readonly #options: BrokerLogOptions;
  /** Offsets that were given to events which are gone. */
  readonly lost: Set<number> = new Set();
  /** Those of which the log says nothing, and the newest place from which it went on without them. */
  readonly unknown: Map<number, number> = new Map();
  #events: RemoteEvent[] = [];
  /** The newest place, and the newest offset that was ever given. */
  #head = 0;
  #given = 0;
  #appending: Promise<unknown> = Promise.resolve();

  constructor(broker: SimulationBroker, options: BrokerLogOptions) {
    this.#broker = broker;
    this.#options = options;
  }

  append(record: EventRecord): Promise<LogPosition> {
    const appended = this.#appending.then(async () => {
      await this.#delay();
      const { offset: previous, epoch } = this.#place();
      const offset = ++this.#given;
      for (const number of this.lost) {
        const before = this.unknown.get(number) ?? 0;
        if (number > previous) this.unknown.set(number, Math.max(before, previous));
      }
      this.#head = offset;
      const event = { epoch, offset, previous, record };
      this.#events.push(event);
      if (this.#events.length > this.#broker.kept) this.#events.shift();
      this.#tell(event);
      return { epoch, offset };
    });
    this.#appending = appended;
    return appended;
  }

  async head(): Promise<LogPosition> {
    await this.#answer();
    return this.#place();
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    await this.#answer();
    const { epoch, offset: head } = this.#place();
    const start = after.epoch === epoch ? after.offset : 0;
    const rest = this.#events.filter(({ offset }) => offset > start).slice(0, Math.min(limit, 7));
    const hole = rest.findIndex(({ previous }, at) => at > 0 && previous !== rest[at - 1]?.offset);
    return { epoch, from: rest[0]?.previous ?? head, events: hole === -1 ? rest : rest.slice(0, hole) };
  }

  forget(count: number): void {
    const kept = Math.max(0, this.#events.length - count);
    for (const { offset } of this.#events.slice(kept)) this.lost.add(offset);
    this.#head = this.#events[kept]?.previous ?? this.#head;
    this.#events = this.#events.slice(0, kept);
  }

  follow(changed: () => void): Following {
    const { tag, limits, clock } = this.#options;
    const state: { log?: EventLog; remote?: RemoteLog; closed: boolean } = { closed: false };
    const opened = this.#delay().then(() => {
      if (state.closed) throw new Error("closed");
      state.log = new EventLog(tag, this.#place(), limits, clock);
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

  /** The newest place, which whoever follows it may know better. */
  #place(): LogPosition {
    const { epoch } = this.#broker;
    for (const { log } of this.remotes) {
      if (log.epoch === epoch) this.#head = Math.max(this.#head, log.head);
    }
    return { epoch, offset: this.#head };
  }

  #tell(event: RemoteEvent): void {
    for (const remote of this.remotes) {
      const luck = this.#broker.random();
      if (luck < 0.1) continue;
      void this.#delay().then(() => remote.receive(event));
      if (luck > 0.9) void this.#delay().then(() => remote.receive(event));
    }
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
