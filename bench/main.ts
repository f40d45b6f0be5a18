/**
 * The bench: what this package costs beside its peers, measured side by side in one run.
 *
 * ```sh
 * npm run bench -- --quick
 * npm run bench -- fan-out --readers 1000
 * ```
 *
 * @module
 */

import { existsSync } from "node:fs";
import { measureBrokers } from "./brokers.ts";
import { measureChannels } from "./channels.ts";
import { endChildrenOnExit } from "./child.ts";
import { measureClients } from "./client.ts";
import { measureCodec } from "./codec.ts";
import { measureFanOut } from "./fan-out.ts";
import { measureHttp } from "./http.ts";
import { measureIdleMemory } from "./idle-memory.ts";
import { describeMachine } from "./machine.ts";
import { measureMillion } from "./million.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { writeReport } from "./report.ts";
import { keepResults, type Results } from "./results.ts";
import { measureRoutes } from "./routes.ts";
import { measureStartUp } from "./start-up.ts";

async function runBench(options: Options): Promise<Results> {
  const { contenders, built, quick } = options;
  const failures: Results["failures"] = [];
  const results: Results = {
    machine: describeMachine(),
    subject: built ? "build" : "source",
    quick,
    failures,
  };

  if (options.parts.has("fan-out")) {
    announce("Fan-out");
    const { readers, rounds } = options;
    const deliveriesPerRound = quick ? 10_000 : 100_000;
    results.fanOut = await measureFanOut(
      { contenders, readers, rounds, deliveriesPerRound, built },
      failures,
    );
  }
  if (options.parts.has("idle")) {
    announce("Memory per idle stream");
    const { streams, idleRounds: rounds } = options;
    results.idleMemory = await measureIdleMemory({ contenders, streams, rounds, built }, failures);
  }
  if (options.parts.has("channels")) {
    announce("Channels");
    const { channelContenders, channelReaders, channelStreams, scenes, rounds, idleRounds } = options;
    results.channels = await measureChannels(
      {
        contenders: channelContenders,
        scenes,
        readers: channelReaders,
        crowd: quick ? 100 : 1000,
        streams: channelStreams,
        rounds,
        idleRounds,
        quick,
        built,
      },
      failures,
    );
  }
  if (options.parts.has("brokers")) {
    announce("Brokers");
    const { brokers, nodes, brokerReaders: readers, rounds } = options;
    const sizes = quick ? { turns: 3, perTurn: 90 } : { turns: 20, perTurn: 600 };
    results.brokers = await measureBrokers({ brokers, nodes, readers, rounds, ...sizes, built }, failures);
  }
  if (options.parts.has("codec")) {
    announce("Codec");
    const sizes = quick ? { roundMs: 40, workloadBytes: 2 ** 19 } : { roundMs: 200, workloadBytes: 2 ** 22 };
    results.codec = await measureCodec({ rounds: options.rounds, ...sizes, built }, failures);
  }
  if (options.parts.has("client")) {
    announce("Clients");
    const sizes = { rounds: options.rounds, events: quick ? 20_000 : 400_000 };
    results.client = await measureClients({ ...sizes, built }, failures);
  }
  if (options.parts.has("million")) {
    announce("One long stream");
    const { events } = options;
    results.million = await measureMillion(
      { contenders, events, slowEvents: Math.ceil(events / 2), built },
      failures,
    );
  }
  await runHttpParts(options, results);
  return results;
}

async function runHttpParts(options: Options, results: Results): Promise<void> {
  const { built, quick, rounds, runtimes, startUpRounds } = options;
  const { failures } = results;
  if (options.parts.has("http")) {
    announce("HTTP");
    results.http = await measureHttp({ runtimes, rounds, quick, built }, failures);
  }
  if (options.parts.has("startup")) {
    announce("Start-up");
    results.startUp = await measureStartUp({ rounds: startUpRounds }, failures);
  }
  if (options.parts.has("routes")) {
    announce("Routes");
    results.routes = await measureRoutes({ rounds, roundMs: quick ? 20 : 200, built }, failures);
  }
}

function announce(part: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${part} ...`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(usage);
  if (options.built && !existsSync(new URL("../dist/mod.js", import.meta.url))) {
    throw new Error('Cannot measure the build: there is none, run "npm run build" first');
  }
  const results = await runBench(options);
  const report = writeReport(results);
  console.log(report);
  if (!options.quick) console.error(`Kept as bench/results/${keepResults(results, report)}`);
}

endChildrenOnExit();
await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
