/**
 * Fan-out: one process, N sockets, one stream per socket; what does one delivery cost the server?
 *
 * Two modes. *Paced*: one event per turn of the server's event loop, the next when every reader has
 * it. *Burst*: twenty per turn, or what is asked for. All contenders are up at once and take turns, so that a slow moment
 * of the machine does not fall on one alone. What the runner's own commands cost a server is measured
 * apart and taken off.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import {
  type ChildOptions,
  type ReadersChild,
  type ServerChild,
  startReaders,
  startServer,
} from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { readSharedMs } from "./protocol.ts";

/** How many of everything. */
export interface FanOutOptions extends ChildOptions {
  readonly contenders: readonly string[];
  readonly readers: readonly number[];
  readonly rounds: number;
  /** About how many deliveries make a round. */
  readonly deliveriesPerRound: number;
  /** How many events a turn brings, one after another. @default [1, 20] */
  readonly perTurn?: readonly number[];
  /** How many turns a round has at least. @default 1 */
  readonly leastTurns?: number;
  /** And at most. */
  readonly mostTurns?: number;
  /** What it is in the report of failures. @default "fan-out" */
  readonly part?: string;
}

/** One contender's turn. */
export interface FanOutRound {
  readonly deliveries: number;
  /** The server's processor time, without what the commands cost. */
  readonly cpuMicros: number;
  readonly wallMs: number;
  /** From the word to publish until the last reader has the turn's last event, for each turn. */
  readonly latenciesMs: readonly number[];
}

/** All turns of one contender in one mode. */
export interface FanOutResult {
  readonly contender: string;
  readonly readers: number;
  readonly mode: "paced" | "burst";
  readonly eventsPerTurn: number;
  readonly controlMicrosPerTurn: number;
  readonly rounds: readonly FanOutRound[];
}

const deliveryTimeoutMs = 15_000;
const controlTurns = 500;
/** About as long as a turn with ten readers takes. */
const controlPauseMs = 0.2;

/** Runs both modes for each number of readers. A contender that fails leaves the run, and is reported. */
export async function measureFanOut(options: FanOutOptions, failures: Failure[]): Promise<FanOutResult[]> {
  const results: FanOutResult[] = [];
  for (const readers of options.readers) {
    const rigs: Rig[] = [];
    try {
      for (const contender of options.contenders) {
        const rig = new Rig(contender, readers, options);
        rigs.push(rig);
        await rig.prepare().catch((error) => rig.fail(error, failures));
      }
      for (const perTurn of options.perTurn ?? [1, 20]) {
        const { deliveriesPerRound, leastTurns = 1, mostTurns = Number.POSITIVE_INFINITY } = options;
        const wanted = Math.round(deliveriesPerRound / readers / perTurn);
        const turns = Math.min(mostTurns, Math.max(leastTurns, wanted));
        const rounds = await alternate(rigs, options.rounds, turns, perTurn, failures);
        for (const rig of rigs) {
          if (!rig.failed) results.push(rig.describe(perTurn, rounds.get(rig) ?? []));
        }
      }
    } finally {
      await Promise.all(rigs.map((rig) => rig.stop()));
    }
  }
  return results;
}

/** A B C D, A B C D, ...; the first time round is to warm up, and is not kept. */
export async function alternate<Kind extends Rig>(
  rigs: readonly Kind[],
  rounds: number,
  turns: number,
  perTurn: number,
  failures: Failure[],
): Promise<Map<Kind, FanOutRound[]>> {
  const kept = new Map<Kind, FanOutRound[]>(rigs.map((rig) => [rig, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const rig of rigs) {
      if (rig.failed) continue;
      try {
        const measured = await rig.run(turns, perTurn);
        if (round > 0) kept.get(rig)?.push(measured);
      } catch (error) {
        rig.fail(error, failures);
      }
    }
  }
  return kept;
}

/** A server and its readers. */
export class Rig {
  readonly contender: string;
  failed = false;
  readonly server: ServerChild;
  readonly readers: ReadersChild;
  /** Where the server listens, once it was prepared. */
  port = 0;
  readonly #readerCount: number;
  readonly #part: string;
  #expected = 0;
  #controlMicrosPerTurn = 0;

  constructor(contender: string, readerCount: number, options: ChildOptions & { readonly part?: string }) {
    this.contender = contender;
    this.#readerCount = readerCount;
    this.#part = options.part ?? "fan-out";
    this.server = startServer(contender, options);
    this.readers = startReaders(options);
  }

  async prepare(): Promise<void> {
    const { port } = await this.server.next("ready");
    this.port = port;
    const { count } = await this.readers.ask({ kind: "open", port, count: this.#readerCount }, "opened");
    if (count < this.#readerCount) {
      throw new Error(
        `Cannot measure ${this.contender}: only ${count} of ${this.#readerCount} streams opened`,
      );
    }
    // Some answer before their stream can be written to.
    await delay(200);
    this.#controlMicrosPerTurn = await this.#measureControl();
  }

  async run(turns: number, perTurn: number): Promise<FanOutRound> {
    const cpuBefore = await this.readCpuMicros();
    const latenciesMs: number[] = [];
    const start = performance.now();
    for (let turn = 0; turn < turns; turn++) latenciesMs.push(await this.deliver(perTurn));
    const wallMs = performance.now() - start;
    const cpuMicros = (await this.readCpuMicros()) - cpuBefore - turns * this.#controlMicrosPerTurn;
    await this.#checkTally();
    return { deliveries: turns * perTurn * this.#readerCount, cpuMicros, wallMs, latenciesMs };
  }

  describe(eventsPerTurn: number, rounds: readonly FanOutRound[]): FanOutResult {
    const { contender } = this;
    const mode = eventsPerTurn === 1 ? "paced" : "burst";
    const controlMicrosPerTurn = this.#controlMicrosPerTurn;
    return { contender, readers: this.#readerCount, mode, eventsPerTurn, controlMicrosPerTurn, rounds };
  }

  fail(error: unknown, failures: Failure[]): void {
    this.failed = true;
    failures.push(describeFailure(`${this.#part} to ${this.#readerCount}`, this.contender, error));
  }

  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), this.readers.stop()]);
  }

  /** One turn: publishes, and waits until every reader has all of it; gives how long that took, in milliseconds. */
  async deliver(events: number): Promise<number> {
    this.#expected += events;
    const reached = this.readers.ask(
      { kind: "expect", eventsPerReader: this.#expected },
      "reached",
      deliveryTimeoutMs,
    );
    const saidMs = readSharedMs();
    this.server.send({ kind: "publish", events });
    const { atMs } = await reached.catch((error) => this.#explainLoss(error));
    return Math.round((atMs - saidMs) * 1000) / 1000;
  }

  /**
   * Waits until all readers have `events` more, which are published otherwise; gives the time when the last of them had the
   * last.
   */
  async catchUp(events: number): Promise<number> {
    this.#expected += events;
    const reached = this.readers.ask({ kind: "expect", eventsPerReader: this.#expected }, "reached");
    const { atMs } = await reached.catch((error) => this.#explainLoss(error));
    return atMs;
  }

  /** The server's processor time until now, in microseconds. */
  async readCpuMicros(): Promise<number> {
    // Write callbacks may follow the last delivery.
    await delay(20);
    const { usage } = await this.server.ask({ kind: "usage", collectGarbage: false }, "usage");
    return usage.cpuMicros;
  }

  async #explainLoss(error: unknown): Promise<never> {
    const { tally } = await this.readers.ask({ kind: "tally" }, "tally");
    const lost = this.#expected * this.#readerCount - tally.total;
    throw new Error(
      `${lost} deliveries lost: the unluckiest of ${this.#readerCount} readers got ${tally.least} of ` +
        `${this.#expected} events, ${tally.dropped} connections dropped`,
      { cause: error },
    );
  }

  async #checkTally(): Promise<void> {
    const { tally } = await this.readers.ask({ kind: "tally" }, "tally");
    if (tally.least !== this.#expected || tally.most !== this.#expected) {
      throw new Error(`Readers got ${tally.least} to ${tally.most} events, not ${this.#expected} each`);
    }
  }

  /**
   * What it costs a server to hear of a turn: turns without events, far enough apart to be heard one by one, and no
   * farther, or it would have to be woken from a deeper sleep each time.
   */
  async #measureControl(): Promise<number> {
    const before = await this.readCpuMicros();
    for (let turn = 0; turn < controlTurns; turn++) {
      this.server.send({ kind: "publish", events: 0 });
      const next = performance.now() + controlPauseMs;
      while (performance.now() < next) await new Promise((resolve) => setImmediate(resolve));
    }
    return ((await this.readCpuMicros()) - before) / controlTurns;
  }
}
