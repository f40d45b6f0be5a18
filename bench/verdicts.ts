/**
 * What this package must reach, and whether it did, by the figures of one run.
 *
 * @module
 */

import type { Results } from "./results.ts";
import { ratioOf, type Summary } from "./statistics.ts";

/** A target and how it was met. */
export interface Verdict {
  readonly target: string;
  readonly met: boolean;
  readonly figure: string;
}

const subject = "dodona";
const mebibyte = 2 ** 20;
// What one collection leaves behind differs by less than this from one to the next.
const heapNoiseBytes = mebibyte;
// An engine gives its young generation its full size within the first half; that is no growth. A run too
// short for that is not judged.
const rssNoiseBytes = 8 * mebibyte;
const leastEventsForGrowth = 500_000;
// How far a server may run ahead of a reader at rest: the kernel's buffers for a socket take up to 10 MiB.
const mostEventsAhead = 100_000;

/** Judges every target that the run has figures for. */
export function judge(results: Results): Verdict[] {
  return [
    ...judgeFanOut(results),
    ...judgeIdleMemory(results),
    ...judgeCodec(results),
    ...judgeMillion(results),
  ];
}

function judgeFanOut({ fanOut = [] }: Results): Verdict[] {
  return fanOut
    .filter((result) => result.contender === subject)
    .flatMap(({ readers, mode, rounds }) => {
      const base = fanOut.find(
        (other) => other.contender === "plain-http" && other.readers === readers && other.mode === mode,
      );
      if (base === undefined) return [];
      const ratio = ratioOf(rounds.map(perDelivery), base.rounds.map(perDelivery));
      const target = `No more CPU per delivery than a plain res.write (${mode}, ${readers} readers)`;
      return [{ target, met: ratio.median <= 1, figure: describeRatio(ratio) }];
    });
}

function judgeIdleMemory({ idleMemory = [] }: Results): Verdict[] {
  const own = idleMemory.find((result) => result.contender === subject);
  const base = idleMemory.find((result) => result.contender === "plain-http");
  if (own === undefined || base === undefined) return [];
  return (["rssBytes", "heapBytes"] as const).map((kind) => {
    const ratio = ratioOf(
      own.rounds.map((round) => round[kind]),
      base.rounds.map((round) => round[kind]),
    );
    const target = `At most 1.3 times plain node:http's memory per idle stream (${kind === "rssBytes" ? "resident" : "heap"})`;
    return { target, met: ratio.median <= 1.3, figure: describeRatio(ratio) };
  });
}

function judgeCodec({ codec = [] }: Results): Verdict[] {
  return codec
    .filter((result) => result.contender === subject && result.task !== "encode")
    .flatMap(({ task, workload, nanosPerEvent }) => {
      const base = codec.find(
        (other) =>
          other.contender === "eventsource-parser" && other.task === task && other.workload === workload,
      );
      if (base === undefined) return [];
      const ratio = ratioOf(nanosPerEvent, base.nanosPerEvent);
      const target = `Faster than eventsource-parser (${task}, ${workload})`;
      return [{ target, met: ratio.median < 1, figure: `${describeRatio(ratio)} of its time` }];
    });
}

function judgeMillion({ million = [] }: Results): Verdict[] {
  return million
    .filter((result) => result.contender === subject)
    .flatMap(({ reader, events, samples, producedWhileStalled }) => {
      const first = samples[0];
      const middle = samples[Math.floor(samples.length / 2)];
      const last = samples.at(-1);
      if (first === undefined || middle === undefined || last === undefined) return [];
      const heap = last.heapBytes - first.heapBytes;
      const rss = last.rssBytes - middle.rssBytes;
      const growth = {
        target: `No growth of memory over ${events} events (${reader} reader)`,
        met: heap <= heapNoiseBytes && rss <= rssNoiseBytes,
        figure: `heap ${signed(heap)} MiB, resident ${signed(rss)} MiB in the second half`,
      };
      const verdicts = events < leastEventsForGrowth ? [] : [growth];
      if (producedWhileStalled === undefined) return verdicts;
      const pace = {
        target: "At the reader's pace: the source waits while the reader reads nothing",
        met: producedWhileStalled < Math.min(events, mostEventsAhead),
        figure: `${producedWhileStalled} of ${events} events taken from the source`,
      };
      return [...verdicts, pace];
    });
}

function perDelivery(round: { cpuMicros: number; deliveries: number }): number {
  return round.cpuMicros / round.deliveries;
}

function describeRatio({ median, least, most }: Summary): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? "" : "+"}${(bytes / mebibyte).toFixed(2)}`;
}
