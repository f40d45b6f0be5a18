/**
 * A storm: many readers come back at once, each from the same number of events back, while others are live.
 *
 * The live ones are sent an event every few milliseconds, whatever else the server does; how late the last of them has
 * it counts from the word to publish, so that a server that is busy is seen to be late.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { type ChildOptions, type ReadersChild, startReaders } from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { Rig } from "./fan-out.ts";
import { readSharedMs } from "./protocol.ts";

/** How many of everything. */
export interface ResumeStormOptions extends ChildOptions {
  /** How many come back. */
  readonly readers: number;
  /** How many events back. */
  readonly behind: number;
  readonly rounds: number;
}

/** One storm. */
export interface ResumeStormRound {
  /** Events that had to be brought to those who came back. */
  readonly deliveries: number;
  /** From the first request until the last reader had the last of them. */
  readonly wallMs: number;
  /** The server's processor time meanwhile. */
  readonly cpuMicros: number;
  /** Of the live events before the storm, and meanwhile. */
  readonly calmMs: readonly number[];
  readonly stormMs: readonly number[];
}

/** All storms. */
export interface ResumeStormResult {
  readonly readers: number;
  readonly behind: number;
  readonly live: number;
  readonly rounds: readonly ResumeStormRound[];
}

const liveReaders = 100;
const intervalMs = 5;
const calmTicks = 100;
const stormTimeoutMs = 60_000;

/** Measures `rounds` storms, each with a server of its own. */
export async function measureResumeStorm(
  options: ResumeStormOptions,
  failures: Failure[],
): Promise<ResumeStormResult[]> {
  const rounds: ResumeStormRound[] = [];
  const { readers, behind } = options;
  try {
    for (let round = 0; round < options.rounds; round++) rounds.push(await measureOnce(options));
  } catch (error) {
    failures.push(describeFailure("channels, resume", "dodona-channel", error));
    return [];
  }
  return [{ readers, behind, live: liveReaders, rounds }];
}

async function measureOnce(options: ResumeStormOptions): Promise<ResumeStormRound> {
  const { readers, behind } = options;
  const rig = new Rig("dodona-channel", liveReaders, options);
  const comers = startReaders(options);
  try {
    await rig.prepare();
    const { lastEventId } = await rig.server.ask({ kind: "place" }, "place");
    // Ten at a time, as they would have come.
    for (let published = 0; published < behind; published += 10)
      await rig.deliver(Math.min(10, behind - published));
    rig.readers.send({ kind: "keep-times" });
    const calmMs = await tickWhile(rig, delay(calmTicks * intervalMs));
    const before = await readCpuMicros(rig);
    const startMs = readSharedMs();
    const back = comeBack(comers, { port: rig.port, count: readers, lastEventId }, behind);
    const stormMs = await tickWhile(rig, back);
    const wallMs = (await back) - startMs;
    const cpuMicros = (await readCpuMicros(rig)) - before;
    return { deliveries: readers * behind, wallMs, cpuMicros, calmMs, stormMs };
  } finally {
    await Promise.all([rig.stop(), comers.stop()]);
  }
}

/** Resolves with the time when all have all that they lacked. */
async function comeBack(
  comers: ReadersChild,
  storm: { port: number; count: number; lastEventId: string },
  behind: number,
): Promise<number> {
  const opened = comers.ask({ kind: "open", ...storm }, "opened", stormTimeoutMs);
  const { count } = await opened;
  if (count < storm.count) throw new Error(`Only ${count} of ${storm.count} readers came back`);
  const { atMs } = await comers.ask({ kind: "expect", eventsPerReader: behind }, "reached", stormTimeoutMs);
  return atMs;
}

/** Publishes an event every few milliseconds until `end` settles; gives how late the last reader had each. */
async function tickWhile(rig: Rig, end: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  end.then(over, over);
  const saidMs: number[] = [];
  while (!isOver) {
    saidMs.push(readSharedMs());
    rig.server.send({ kind: "publish", events: 1 });
    await delay(intervalMs);
  }
  await rig.catchUp(saidMs.length);
  const { times } = await rig.readers.ask({ kind: "times" }, "times");
  return saidMs.map((said, event) => Math.round(((times[event] ?? Number.NaN) - said) * 1000) / 1000);
}

async function readCpuMicros(rig: Rig): Promise<number> {
  const { usage } = await rig.server.ask({ kind: "usage", collectGarbage: false }, "usage");
  return usage.cpuMicros;
}
