/**
 * The tables of the channels' part.
 *
 * @module
 */

import type { ChannelResults } from "./channels.ts";
import type { ResumeStormResult } from "./channels-resume.ts";
import type { StalledReaderResult } from "./channels-stall.ts";
import type { FanOutResult } from "./fan-out.ts";
import type { IdleMemoryResult } from "./idle-memory.ts";
import { percentile, perDelivery, summarize } from "./statistics.ts";
import { mebibytes, ratio, section, spread } from "./tables.ts";

/** Writes a table for each scene that was run. */
export function reportChannels({ pinned, paced, burst, idle, stalled, resume }: ChannelResults): string {
  const where = pinned ? "the server on a core of its own" : "the server on any core";
  return [
    paced && reportDeliveries(`Channels, paced (${where})`, paced),
    burst && reportDeliveries(`Channels, burst (${where})`, burst),
    idle && reportIdle(idle),
    stalled && reportStalled(stalled),
    resume && reportResume(resume),
  ]
    .filter((table) => table !== undefined)
    .join("\n\n");
}

function reportDeliveries(title: string, all: readonly FanOutResult[]): string {
  const rows = all.map(({ contender, readers, eventsPerTurn, rounds }) => {
    const base = all.find((other) => other.contender === "plain-socket" && other.readers === readers);
    const cpu = rounds.map(perDelivery);
    const late = rounds.flatMap(({ latenciesMs }) => latenciesMs);
    return [
      `${readers} readers, ${eventsPerTurn} a turn`,
      contender,
      spread(cpu, 3),
      ratio(cpu, base?.rounds.map(perDelivery)),
      summarize(rounds.map((round) => (round.deliveries / round.wallMs) * 1000)).median.toFixed(0),
      `${percentile(late, 0.5).toFixed(1)} / ${percentile(late, 0.99).toFixed(1)}`,
    ];
  });
  return section(
    title,
    [
      "Run",
      "Server",
      "CPU µs per delivery",
      "Ratio to plain-socket",
      "Deliveries per second",
      "ms until the last reader, median / p99",
    ],
    rows,
  );
}

function reportIdle(all: readonly IdleMemoryResult[]): string {
  const base = all.find(({ contender }) => contender === "plain-http");
  const rows = all.map(({ contender, streams, rounds }) => [
    contender,
    String(streams),
    ...(["rssBytes", "heapBytes"] as const).flatMap((kind) => {
      const sizes = rounds.map((round) => round[kind] / 1024);
      return [
        spread(sizes, 1),
        ratio(
          sizes,
          base?.rounds.map((round) => round[kind] / 1024),
        ),
      ];
    }),
  ]);
  return section(
    "Channels, idle subscribers",
    [
      "Server",
      "Streams",
      "Resident KiB",
      "Ratio to plain-http",
      "Heap and external KiB",
      "Ratio to plain-http",
    ],
    rows,
  );
}

function reportStalled(all: readonly StalledReaderResult[]): string {
  const base = all.find(({ stalled }) => !stalled)?.rounds.map(perDelivery);
  const rows = all.map(({ readers, stalled, rounds, memoryBefore, memoryAfter, published, taken }) => {
    const cpu = rounds.map(perDelivery);
    return [
      stalled ? `${readers - 1} readers, and one that never reads` : `${readers} readers`,
      spread(cpu, 3),
      ratio(cpu, base),
      summarize(rounds.map((round) => (round.deliveries / round.wallMs) * 1000)).median.toFixed(0),
      `${mebibytes(memoryBefore.heapBytes)} to ${mebibytes(memoryAfter.heapBytes)}`,
      `${mebibytes(memoryBefore.rssBytes)} to ${mebibytes(memoryAfter.rssBytes)}`,
      stalled ? `${taken} of ${published}` : "",
    ];
  });
  return section(
    "Channels, a reader that never reads",
    [
      "Readers",
      "CPU µs per delivery",
      "Ratio to all read",
      "Deliveries per second",
      "Heap MiB",
      "Resident MiB",
      "Its socket took",
    ],
    rows,
  );
}

function reportResume(all: readonly ResumeStormResult[]): string {
  const rows = all.map(({ readers, behind, live, rounds }) => {
    const calm = rounds.flatMap(({ calmMs }) => calmMs);
    const storm = rounds.flatMap(({ stormMs }) => stormMs);
    return [
      `${readers} readers from ${behind} events back, ${live} live`,
      spread(
        rounds.map(({ wallMs }) => wallMs),
        0,
      ),
      summarize(rounds.map(({ deliveries, wallMs }) => (deliveries / wallMs) * 1000)).median.toFixed(0),
      spread(rounds.map(perDelivery), 3),
      `${percentile(calm, 0.5).toFixed(1)} / ${percentile(calm, 0.99).toFixed(1)}`,
      `${percentile(storm, 0.5).toFixed(1)} / ${percentile(storm, 0.99).toFixed(1)}`,
    ];
  });
  return section(
    "Channels, a storm of returning readers",
    [
      "Run",
      "ms until all are level",
      "Deliveries per second",
      "CPU µs per delivery",
      "ms of a live event before, median / p99",
      "Meanwhile",
    ],
    rows,
  );
}
