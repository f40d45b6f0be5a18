/**
 * Brokers: what does an event cost on its way through Redis and NATS, beside the log in the process itself, and what does
 * each further node add?
 *
 * Three runs: *one* event at a time, the next when the last reader has it; *many* at once, all published at the first
 * node; and as many, published at all nodes. A node is a process with readers of its own.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { type LocalProgram, skipWithout } from "../test/support/local-program.ts";
import { startNats } from "../test/support/nats-server.ts";
import { startRedis } from "../test/support/redis-server.ts";
import type { ChildOptions } from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { Rig } from "./fan-out.ts";
import { readSharedMs } from "./protocol.ts";

/** Where the log is: here, or on a server, by which client. */
export const BROKERS = ["memory", "redis", "ioredis", "nats"] as const;

/** How many of everything. */
export interface BrokerOptions extends ChildOptions {
  readonly brokers: readonly (typeof BROKERS)[number][];
  /** How many processes share a log, in each run; one with a log of its own is alone. */
  readonly nodes: readonly number[];
  /** Readers of each node. */
  readonly readers: number;
  readonly rounds: number;
  /** How many turns a round has, and how many events each brings that brings many. */
  readonly turns: number;
  readonly perTurn: number;
}

/** How events are published. */
export type Publishing = "one" | "many" | "many, at all nodes";

/** All rounds of one broker with so many nodes. */
export interface BrokerResult {
  readonly broker: string;
  readonly nodes: number;
  readonly readers: number;
  readonly publishing: Publishing;
  readonly rounds: readonly BrokerRound[];
}

/** One round. Processor times are in microseconds, and of the whole round. */
export interface BrokerRound {
  readonly events: number;
  readonly wallMs: number;
  /** From the word to publish until the last reader of the last node has the turn's last event, for each turn. */
  readonly latenciesMs: readonly number[];
  /** Of the first node, of each further node, and of the broker's own process. */
  readonly firstMicros: number;
  readonly furtherMicros: number;
  readonly brokerMicros: number;
}

/** Linux counts the processor time of others in ticks of this length. */
const TICK_MICROS = 10_000;

/** Measures all brokers, which take turns. One that is not installed, or fails, is reported. */
export async function measureBrokers(options: BrokerOptions, failures: Failure[]): Promise<BrokerResult[]> {
  const results: BrokerResult[] = [];
  for (const nodes of options.nodes) {
    const clusters: Cluster[] = [];
    try {
      for (const broker of options.brokers) {
        if (broker === "memory" && nodes > 1) continue;
        const cluster = await Cluster.start(broker, nodes, options).catch((error) => {
          failures.push(describeFailure(`brokers, ${nodes} nodes`, broker, error));
        });
        if (cluster) clusters.push(cluster);
      }
      const runs: Publishing[] = nodes === 1 ? ["one", "many"] : ["one", "many", "many, at all nodes"];
      for (const publishing of runs) {
        results.push(...(await alternateClusters(clusters, publishing, options, failures)));
      }
    } finally {
      await Promise.all(clusters.map((cluster) => cluster.stop()));
    }
  }
  return results;
}

/** The first time round is to warm up, and is not kept. */
async function alternateClusters(
  clusters: readonly Cluster[],
  publishing: Publishing,
  { rounds, turns, perTurn, readers }: BrokerOptions,
  failures: Failure[],
): Promise<BrokerResult[]> {
  const kept = new Map<Cluster, BrokerRound[]>(clusters.map((cluster) => [cluster, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [cluster, own] of kept) {
      try {
        const measured = await cluster.run(publishing, turns, perTurn);
        if (round > 0) own.push(measured);
      } catch (error) {
        kept.delete(cluster);
        failures.push(describeFailure(`brokers, ${publishing}`, cluster.broker, error));
      }
    }
  }
  return [...kept].map(([{ broker, nodes }, own]) => ({ broker, nodes, readers, publishing, rounds: own }));
}

/** Some nodes on one broker, each with its readers. */
class Cluster {
  readonly broker: string;
  readonly #program: LocalProgram | undefined;
  readonly #rigs: readonly Rig[];

  private constructor(broker: string, program: LocalProgram | undefined, rigs: readonly Rig[]) {
    this.broker = broker;
    this.#program = program;
    this.#rigs = rigs;
  }

  static async start(broker: string, nodes: number, options: BrokerOptions): Promise<Cluster> {
    const program = await startProgram(broker);
    const environment = program === undefined ? {} : { BENCH_BROKER: `${broker} ${program.port}` };
    const part = `brokers, ${broker}`;
    const rigs: Rig[] = [];
    const cluster = new Cluster(broker, program, rigs);
    try {
      while (rigs.length < nodes) {
        const rig = new Rig("dodona-channel", options.readers, { ...options, environment, part });
        rigs.push(rig);
        await rig.prepare();
      }
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get nodes(): number {
    return this.#rigs.length;
  }

  async run(publishing: Publishing, turns: number, perTurn: number): Promise<BrokerRound> {
    const isOne = publishing === "one";
    const publishers = publishing === "many, at all nodes" ? this.#rigs : this.#rigs.slice(0, 1);
    const each = isOne ? 1 : Math.floor(perTurn / publishers.length);
    const turnsHere = isOne ? turns * 10 : turns;
    const before = await this.#readMicros();
    const start = performance.now();
    const latenciesMs: number[] = [];
    for (let turn = 0; turn < turnsHere; turn++) latenciesMs.push(await this.#deliver(publishers, each));
    const wallMs = performance.now() - start;
    const after = await this.#readMicros();
    const [first = 0, ...further] = after.nodes.map((micros, at) => micros - (before.nodes[at] ?? 0));
    const sum = further.reduce((total, micros) => total + micros, 0);
    return {
      events: turnsHere * each * publishers.length,
      wallMs,
      latenciesMs,
      firstMicros: first,
      furtherMicros: sum / Math.max(1, further.length),
      brokerMicros: after.broker - before.broker,
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#rigs.map((rig) => rig.stop()));
    await this.#program?.stop();
  }

  /** One turn: gives how long it took until the last reader had the last event, in milliseconds. */
  async #deliver(publishers: readonly Rig[], each: number): Promise<number> {
    const reached = this.#rigs.map((rig) => rig.catchUp(each * publishers.length));
    const saidMs = readSharedMs();
    for (const { server } of publishers) server.send({ kind: "publish", events: each });
    return Math.max(...(await Promise.all(reached))) - saidMs;
  }

  async #readMicros(): Promise<{ nodes: number[]; broker: number }> {
    const nodes: number[] = [];
    for (const rig of this.#rigs) nodes.push(await rig.readCpuMicros());
    return { nodes, broker: this.#program?.pid === undefined ? 0 : readProcessMicros(this.#program.pid) };
  }
}

async function startProgram(broker: string): Promise<LocalProgram | undefined> {
  if (broker === "memory") return undefined;
  const name = broker === "nats" ? "nats-server" : "redis-server";
  const reason = skipWithout(name);
  if (reason !== false) throw new Error(`Cannot measure ${broker}: ${reason}`);
  const program = await (broker === "nats" ? startNats() : startRedis());
  // Whatever the way out.
  process.on("exit", () => void program.kill());
  return program;
}

/** User and system time of all threads that a process has and had; 0 where the system does not tell. */
function readProcessMicros(pid: number): number {
  if (process.platform !== "linux") return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}
