/**
 * The table of the brokers' part.
 *
 * @module
 */

import type { BrokerResult, BrokerRound } from "./brokers.ts";
import { percentile, summarize } from "./statistics.ts";
import { section, spread } from "./tables.ts";

/** Writes a row for each broker, number of nodes and way of publishing. */
export function reportBrokers(all: readonly BrokerResult[]): string {
  const rows = all.map(({ broker, nodes, readers, publishing, rounds }) => {
    const late = rounds.flatMap(({ latenciesMs }) => latenciesMs);
    const micros = (pick: (round: BrokerRound) => number) =>
      spread(
        rounds.map((round) => pick(round) / round.events),
        1,
      );
    return [
      `${nodes === 1 ? "1 node" : `${nodes} nodes`}, ${readers} readers each, ${publishing}`,
      broker,
      `${percentile(late, 0.5).toFixed(1)} / ${percentile(late, 0.99).toFixed(1)}`,
      summarize(rounds.map(({ events, wallMs }) => (events / wallMs) * 1000)).median.toFixed(0),
      micros(({ firstMicros }) => firstMicros),
      nodes === 1 ? "" : micros(({ furtherMicros }) => furtherMicros),
      broker === "memory" ? "" : micros(({ brokerMicros }) => brokerMicros),
    ];
  });
  return section(
    "Brokers",
    [
      "Run",
      "Log",
      "ms until the last reader, median / p99",
      "Events per second",
      "CPU µs per event of the first node",
      "Of each further node",
      "Of the broker",
    ],
    rows,
  );
}
