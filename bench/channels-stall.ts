/**
 * One reader that never reads, among many at full rate: what does it hold, and whom does it hold up?
 *
 * Two servers take turns, one with such a reader and one without.
 *
 * @module
 */

import { type ChildOptions, type ReadersChild, startReaders } from "./child.ts";
import type { Failure } from "./failure.ts";
import { alternate, type FanOutRound, Rig } from "./fan-out.ts";
import type { Memory } from "./protocol.ts";

/** How many of everything. */
export interface StalledReaderOptions extends ChildOptions {
  readonly readers: number;
  readonly rounds: number;
  readonly turns: number;
  readonly perTurn: number;
}

/** All turns of one of the two servers. */
export interface StalledReaderResult {
  readonly readers: number;
  readonly stalled: boolean;
  readonly rounds: readonly FanOutRound[];
  /** After the round to warm up, and after the last one. */
  readonly memoryBefore: Memory;
  readonly memoryAfter: Memory;
  /** How many events were published, and how many the one who does not read was sent all the same: its kernel has them. */
  readonly published: number;
  readonly taken: number;
  /** How many streams the server ended. */
  readonly dropped: number;
}

/** Measures both. */
export async function measureStalledReader(
  options: StalledReaderOptions,
  failures: Failure[],
): Promise<StalledReaderResult[]> {
  const { readers, rounds, turns, perTurn } = options;
  const children = { ...options, exposeGc: true, part: "channels, stalled" };
  const rigs: StallRig[] = [];
  try {
    for (const stalled of [true, false]) {
      const rig = new StallRig(stalled, readers, children);
      rigs.push(rig);
      await rig.open().catch((error) => rig.fail(error, failures));
    }
    await alternate(rigs, 0, turns, perTurn, failures);
    for (const rig of rigs) if (!rig.failed) await rig.begin();
    const kept = await alternate(rigs, rounds, turns, perTurn, failures);
    const measured = rigs.filter(({ failed }) => !failed);
    return await Promise.all(measured.map((rig) => rig.describeStall(kept.get(rig) ?? [], perTurn * turns)));
  } finally {
    await Promise.all(rigs.map((rig) => rig.stop()));
  }
}

class StallRig extends Rig {
  readonly #stalled: boolean;
  readonly #count: number;
  readonly #sleeper: ReadersChild | undefined;
  #before: Memory = { rssBytes: 0, heapBytes: 0 };
  #rounds = 0;

  constructor(stalled: boolean, readers: number, options: ChildOptions & { readonly part: string }) {
    super("dodona-channel", stalled ? readers - 1 : readers, options);
    this.#stalled = stalled;
    this.#count = readers;
    this.#sleeper = stalled ? startReaders(options) : undefined;
  }

  async open(): Promise<void> {
    await this.prepare();
    const { port } = this;
    await this.#sleeper?.ask({ kind: "open", port, count: 1 }, "opened");
    this.#sleeper?.send({ kind: "stall" });
  }

  async begin(): Promise<void> {
    this.#before = await this.#readMemory();
  }

  override run(turns: number, perTurn: number): Promise<FanOutRound> {
    this.#rounds++;
    return super.run(turns, perTurn);
  }

  async describeStall(rounds: readonly FanOutRound[], eventsPerRound: number): Promise<StalledReaderResult> {
    const memoryAfter = await this.#readMemory();
    const asleep = await this.#sleeper?.ask({ kind: "tally" }, "tally");
    const awake = await this.readers.ask({ kind: "tally" }, "tally");
    return {
      readers: this.#count,
      stalled: this.#stalled,
      rounds,
      memoryBefore: this.#before,
      memoryAfter,
      published: this.#rounds * eventsPerRound,
      taken: asleep?.tally.total ?? 0,
      dropped: (asleep?.tally.dropped ?? 0) + awake.tally.dropped,
    };
  }

  override async stop(): Promise<void> {
    await Promise.all([super.stop(), this.#sleeper?.stop()]);
  }

  async #readMemory(): Promise<Memory> {
    const { usage } = await this.server.ask({ kind: "usage", collectGarbage: true }, "usage");
    return usage.memory;
  }
}
