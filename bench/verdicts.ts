/**
 * What this package must reach, and whether it did, by the figures of one run.
 *
 * @module
 */

import { judgeChannels } from "./channels-verdicts.ts";
import type { HttpResult } from "./http.ts";
import type { Results } from "./results.ts";
import { ROUTE_COUNTS } from "./routes.ts";
import { describeRatio, perDelivery, ratioOf } from "./statistics.ts";

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
// Two runs of the same server differ by about this much.
const levelNoise = 0.02;
/** Whom the package must be level with on each runtime. */
const rivals: Readonly<Record<HttpResult["runtime"], string>> = {
  node: "fastify",
  deno: "hono-deno",
  bun: "hono-bun",
};
// As much as a processor's caches make of more routes.
const routesNoise = 0.1;

/** Judges every target that the run has figures for. */
export function judge(results: Results): Verdict[] {
  return [
    ...judgeFanOut(results),
    ...judgeIdleMemory(results),
    ...judgeChannels(results.channels),
    ...judgeCodec(results),
    ...judgeClients(results),
    ...judgeMillion(results),
    ...judgeHttp(results),
    ...judgeStartUp(results),
    ...judgeRoutes(results),
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

function judgeClients({ client = [] }: Results): Verdict[] {
  const own = client.filter(({ contender }) => contender.startsWith(subject));
  const peers = client.filter(({ contender }) => !contender.startsWith(subject));
  return own.flatMap(({ contender, rounds }) => {
    const ratios = peers.map((peer) => ({
      name: peer.contender,
      ratio: ratioOf(
        rounds.map(({ nanosPerEvent }) => nanosPerEvent),
        peer.rounds.map(({ nanosPerEvent }) => nanosPerEvent),
      ),
    }));
    return {
      target: `${contender}: less CPU per event than each other client`,
      met: ratios.every(({ ratio }) => ratio.median < 1),
      figure: ratios.map(({ name, ratio }) => `${describeRatio(ratio)} of ${name}`).join("; "),
    };
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

function judgeHttp({ http = [] }: Results): Verdict[] {
  return http
    .filter((result) => result.contender === subject)
    .flatMap(({ runtime, workload, title, rounds }) => {
      const rival = rivals[runtime];
      const base = http.find(
        (other) => other.contender === rival && other.runtime === runtime && other.workload === workload,
      );
      if (base === undefined) return [];
      const cpu = ratioOf(rounds.map(perRequest), base.rounds.map(perRequest));
      const rate = ratioOf(rounds.map(perSecond), base.rounds.map(perSecond));
      const target = `No more CPU per request than ${rival}, to ${levelNoise * 100} % (${title}, ${runtime})`;
      const figure = `${describeRatio(cpu)}; ${rate.median.toFixed(2)} of its requests per second`;
      return [{ target, met: cpu.median <= 1 + levelNoise, figure }];
    });
}

function judgeStartUp({ startUp = [] }: Results): Verdict[] {
  const own = startUp.find((result) => result.contender === subject);
  const base = startUp.find((result) => result.contender === "plain-node");
  if (own === undefined || base === undefined) return [];
  const ratio = ratioOf(
    own.rounds.map((round) => round.listeningMs),
    base.rounds.map((round) => round.listeningMs),
  );
  const target = "Listens at most 1.3 times as late as plain node:http";
  return [{ target, met: ratio.median <= 1.3, figure: describeRatio(ratio) }];
}

function judgeRoutes({ routes = [] }: Results): Verdict[] {
  const [few = 0] = ROUTE_COUNTS;
  const many = ROUTE_COUNTS.at(-1) ?? 0;
  return routes
    .filter((result) => result.contender === subject && result.routes === many)
    .flatMap(({ path, nanosPerLookup }) => {
      const base = routes.find(
        (other) => other.contender === subject && other.routes === few && other.path === path,
      );
      if (base === undefined) return [];
      const ratio = ratioOf(nanosPerLookup, base.nanosPerLookup);
      const target = `A route among ${many} costs no more than among ${few}, to ${routesNoise * 100} % (${path})`;
      return [{ target, met: ratio.median <= 1 + routesNoise, figure: describeRatio(ratio) }];
    });
}

/** Processor time of one request, in microseconds. */
export function perRequest({ cpuMicros, requests }: HttpResult["rounds"][number]): number {
  return cpuMicros / requests;
}

/** Requests in a second of the clock's time. */
export function perSecond({ wallMs, requests }: HttpResult["rounds"][number]): number {
  return (requests / wallMs) * 1000;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? "" : "+"}${(bytes / mebibyte).toFixed(2)}`;
}
