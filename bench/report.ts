/**
 * The report of a run, in Markdown: a table per part with the ratio to its baseline, then the verdicts.
 *
 * A figure is the median of its rounds, with the least and the most in brackets. A ratio is the median of the
 * ratios round by round.
 *
 * @module
 */

import { reportBrokers } from "./brokers-report.ts";
import { reportChannels } from "./channels-report.ts";
import type { ClientResult } from "./client.ts";
import type { CodecResult } from "./codec.ts";
import type { FanOutResult } from "./fan-out.ts";
import { CONTENDERS, type HttpResult } from "./http.ts";
import type { IdleMemoryResult } from "./idle-memory.ts";
import type { MillionResult } from "./million.ts";
import type { Results } from "./results.ts";
import type { RouteResult } from "./routes.ts";
import type { StartUpResult } from "./start-up.ts";
import { perDelivery, summarize } from "./statistics.ts";
import { mebibytes, ratio, section, spread } from "./tables.ts";
import { judge, perRequest, perSecond } from "./verdicts.ts";

/** Writes the whole report. */
export function writeReport(results: Results): string {
  const sections = [
    reportMachine(results),
    results.fanOut && reportFanOut(results.fanOut),
    results.idleMemory && reportIdleMemory(results.idleMemory),
    results.channels && reportChannels(results.channels),
    results.brokers && reportBrokers(results.brokers),
    results.codec && reportCodec(results.codec),
    results.client && reportClients(results.client),
    results.million && reportMillion(results.million),
    results.http && reportHttp(results.http),
    results.startUp && reportStartUp(results.startUp),
    results.routes && reportRoutes(results.routes),
    reportFailures(results),
    reportVerdicts(results),
  ];
  return `${sections.filter((section) => section !== undefined).join("\n\n")}\n`;
}

function reportMachine({ machine, subject }: Results): string {
  const peers = Object.entries(machine.peers).map(([name, version]) => `${name} ${version}`);
  return [
    "# Bench",
    "",
    `${machine.date}, commit ${machine.commit}${machine.dirty ? " with changes" : ""} (${subject}), Node ${machine.node}, ` +
      `${machine.system}, ${machine.cores} cores of ${machine.processor}, ${machine.memoryGiB} GiB. ` +
      `Beside ${peers.join(", ")}.`,
    "",
    "Compare within this report only: figures are medians of rounds (least to most), ratios are those of the " +
      "same rounds.",
  ].join("\n");
}

function reportFanOut(all: readonly FanOutResult[]): string {
  const rows = all.map((result) => {
    const base = all.find(
      ({ contender, mode, readers }) =>
        contender === "plain-http" && mode === result.mode && readers === result.readers,
    );
    const cpu = result.rounds.map(perDelivery);
    const rate = result.rounds.map((round) => (round.deliveries / round.wallMs) * 1000);
    return [
      `${result.readers} readers, ${result.mode} (${result.eventsPerTurn} a turn)`,
      result.contender,
      spread(cpu, 2),
      ratio(cpu, base?.rounds.map(perDelivery)),
      summarize(rate).median.toFixed(0),
    ];
  });
  return section(
    "Fan-out",
    ["Run", "Server", "CPU µs per delivery", "Ratio to plain-http", "Deliveries per second"],
    rows,
  );
}

function reportIdleMemory(all: readonly IdleMemoryResult[]): string {
  const base = all.find(({ contender }) => contender === "plain-http");
  const rows = all.map(({ contender, streams, rounds }) => {
    const resident = rounds.map((round) => round.rssBytes / 1024);
    const heap = rounds.map((round) => round.heapBytes / 1024);
    return [
      contender,
      String(streams),
      spread(resident, 1),
      ratio(
        resident,
        base?.rounds.map((round) => round.rssBytes / 1024),
      ),
      spread(heap, 1),
      ratio(
        heap,
        base?.rounds.map((round) => round.heapBytes / 1024),
      ),
    ];
  });
  return section(
    "Memory per idle stream",
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

function reportCodec(all: readonly CodecResult[]): string {
  const rows = all.map((result) => {
    const { contender, task, workload, bytesPerEvent, nanosPerEvent } = result;
    const base = all.find(
      (other) => other.contender !== "dodona" && other.task === task && other.workload === workload,
    );
    const { median } = summarize(nanosPerEvent);
    return [
      `${task}: ${workload}`,
      contender,
      spread(nanosPerEvent, 0),
      ratio(nanosPerEvent, base?.nanosPerEvent),
      ((bytesPerEvent / median) * 1000).toFixed(0),
      (1000 / median).toFixed(2),
    ];
  });
  return section(
    "Codec",
    ["Task", "Codec", "CPU ns per event", "Ratio to the peer", "MB per second", "Million events per second"],
    rows,
  );
}

function reportClients(all: readonly ClientResult[]): string {
  const base = all.find(({ contender }) => contender === "eventsource");
  const nanosOf = ({ rounds }: ClientResult) => rounds.map(({ nanosPerEvent }) => nanosPerEvent);
  const rows = all.map((result) => [
    result.contender,
    spread(nanosOf(result), 0),
    ratio(nanosOf(result), base && nanosOf(base)),
    spread(
      result.rounds.map(({ wallMs }) => result.events / wallMs / 1000),
      2,
    ),
  ]);
  return section(
    "Clients on Node, from a socket to the application",
    ["Client", "CPU ns per event", "Ratio to eventsource", "Million events per second"],
    rows,
  );
}

function reportMillion(all: readonly MillionResult[]): string {
  const rows = all.map((result) => {
    const { contender, reader, events, samples, peakRssBytes, cpuMicros, wallMs, producedWhileStalled } =
      result;
    const first = samples[0];
    const last = samples.at(-1);
    return [
      `${reader}, ${events} events`,
      contender,
      `${mebibytes(first?.heapBytes)} to ${mebibytes(last?.heapBytes)}`,
      `${mebibytes(first?.rssBytes)} to ${mebibytes(last?.rssBytes)}, at most ${mebibytes(peakRssBytes)}`,
      (cpuMicros / events).toFixed(2),
      ((events / wallMs) * 1000).toFixed(0),
      producedWhileStalled === undefined ? "" : String(producedWhileStalled),
    ];
  });
  return section(
    "One long stream",
    [
      "Reader",
      "Server",
      "Heap MiB",
      "Resident MiB",
      "CPU µs per event",
      "Events per second",
      "Ahead of a reader at rest",
    ],
    rows,
  );
}

function reportHttp(all: readonly HttpResult[]): string {
  const rows = all.map(({ runtime, workload, title, contender, rounds }) => {
    const base = all.find(
      (other) =>
        other.runtime === runtime &&
        other.workload === workload &&
        other.contender === CONTENDERS[runtime][0],
    );
    const cpu = rounds.map(perRequest);
    const rate = rounds.map(perSecond);
    return [
      `${runtime}: ${title}`,
      contender,
      spread(cpu, 1),
      ratio(cpu, base?.rounds.map(perRequest)),
      summarize(rate).median.toFixed(0),
      ratio(rate, base?.rounds.map(perSecond)),
    ];
  });
  return section(
    "HTTP",
    ["Run", "Server", "CPU µs per request", "Ratio to plain", "Requests per second", "Ratio to plain"],
    rows,
  );
}

function reportStartUp(all: readonly StartUpResult[]): string {
  const base = all.find(({ contender }) => contender === "plain-node")?.rounds;
  const rows = all.map(({ contender, rounds }) => [
    contender,
    ...(["listeningMs", "answeredMs"] as const).flatMap((kind) => {
      const times = rounds.map((round) => round[kind]);
      return [
        spread(times, 0),
        ratio(
          times,
          base?.map((round) => round[kind]),
        ),
      ];
    }),
  ]);
  return section(
    "Start-up",
    ["Server", "ms to listening", "Ratio to plain-node", "ms to the first answer", "Ratio to plain-node"],
    rows,
  );
}

function reportRoutes(all: readonly RouteResult[]): string {
  const rows = all.map(({ contender, path, routes, nanosPerLookup }) => {
    const base = all.find((other) => other.contender === contender && other.path === path);
    return [
      path,
      contender,
      String(routes),
      spread(nanosPerLookup, 0),
      ratio(nanosPerLookup, base?.nanosPerLookup),
    ];
  });
  return section(
    "Routes",
    ["Path", "Router", "Routes", "CPU ns per lookup", "Ratio to the fewest routes"],
    rows,
  );
}

function reportFailures({ failures }: Results): string | undefined {
  if (failures.length === 0) return undefined;
  return `## Not measured\n\n${failures.map(({ part, contender, reason }) => `- ${contender} (${part}): ${reason}`).join("\n")}`;
}

function reportVerdicts(results: Results): string {
  const rows = judge(results).map(({ target, met, figure }) => [target, met ? "met" : "**not met**", figure]);
  if (rows.length === 0) return "## Targets\n\nNo figures for any of them.";
  return section(
    results.quick ? "Targets (a quick run: too short to judge by)" : "Targets",
    ["Target", "Verdict", "Figure"],
    rows,
  );
}
