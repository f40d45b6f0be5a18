/**
 * One long stream: does memory stay where it is while a million events go by, at the reader's pace?
 *
 * The brisk reader takes all it can. The slow one first takes nothing at all until the server comes to
 * rest, which shows how far a server runs ahead of its reader, and then pauses again and again.
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
import type { Memory } from "./protocol.ts";

/** How many of everything. */
export interface MillionOptions extends ChildOptions {
  readonly contenders: readonly string[];
  readonly events: number;
  readonly slowEvents: number;
}

/** A look at the server's memory, right after a collection. */
export interface MillionSample extends Memory {
  readonly produced: number;
}

/** One contender with one reader. */
export interface MillionResult {
  readonly contender: string;
  readonly reader: "brisk" | "slow";
  readonly events: number;
  readonly samples: readonly MillionSample[];
  readonly peakRssBytes: number;
  readonly cpuMicros: number;
  readonly wallMs: number;
  /** How many events the server had taken from its source while the reader took none. */
  readonly producedWhileStalled?: number;
}

const timeoutMs = 180_000;

/** One contender after the other, each with a brisk and a slow reader. */
export async function measureMillion(options: MillionOptions, failures: Failure[]): Promise<MillionResult[]> {
  const results: MillionResult[] = [];
  for (const reader of ["brisk", "slow"] as const) {
    for (const contender of options.contenders) {
      try {
        results.push(await pourOnce(contender, reader, options));
      } catch (error) {
        failures.push(describeFailure(`one long stream, ${reader} reader`, contender, error));
      }
    }
  }
  return results;
}

async function pourOnce(
  contender: string,
  reader: MillionResult["reader"],
  options: MillionOptions,
): Promise<MillionResult> {
  const server = startServer(contender, { ...options, exposeGc: true });
  const readers = startReaders(options);
  try {
    const { port } = await server.next("ready");
    await readers.ask({ kind: "open", port, count: 1 }, "opened");
    await delay(200);
    const events = reader === "brisk" ? options.events : options.slowEvents;
    return { contender, reader, ...(await pour(server, readers, events, reader === "slow")) };
  } finally {
    await Promise.all([server.stop(), readers.stop()]);
  }
}

async function pour(server: ServerChild, readers: ReadersChild, events: number, slow: boolean) {
  const samples: MillionSample[] = [];
  server.listen((report) => {
    if (report.kind === "sample") samples.push({ produced: report.produced, ...report.memory });
  });
  const before = await server.ask({ kind: "usage", collectGarbage: true }, "usage");
  const start = performance.now();
  const reached = readers.ask({ kind: "expect", eventsPerReader: events }, "reached", timeoutMs);
  const poured = server.next("poured", timeoutMs);
  // Both are awaited below; until then a failure must not pass for an unhandled one.
  for (const promise of [reached, poured]) promise.catch(() => {});
  if (slow) readers.send({ kind: "stall" });
  server.send({ kind: "pour", events, sampleEvery: Math.max(1, Math.floor(events / 10)) });
  const producedWhileStalled = slow ? await waitForRest(server) : undefined;
  if (slow) {
    readers.send({ kind: "pause", everyEvents: 20_000, pauseMs: 50 });
    readers.send({ kind: "resume" });
  }
  const [{ peakRssBytes }] = await Promise.all([poured, reached]);
  const wallMs = performance.now() - start;
  const after = await server.ask({ kind: "usage", collectGarbage: false }, "usage");
  await checkTally(readers, events);
  const cpuMicros = after.usage.cpuMicros - before.usage.cpuMicros;
  const result = { events, samples, peakRssBytes, cpuMicros, wallMs };
  return producedWhileStalled === undefined ? result : { ...result, producedWhileStalled };
}

/** Settles with how much the server has produced once it produces no more. */
async function waitForRest(server: ServerChild): Promise<number> {
  let last = -1;
  for (;;) {
    await delay(500);
    const { produced } = await server.ask({ kind: "produced" }, "produced");
    if (produced === last) return produced;
    last = produced;
  }
}

async function checkTally(readers: ReadersChild, events: number): Promise<void> {
  const { tally } = await readers.ask({ kind: "tally" }, "tally");
  if (tally.total !== events) throw new Error(`The reader got ${tally.total} events, not ${events}`);
}
