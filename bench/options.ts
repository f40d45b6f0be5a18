/**
 * The command line of the bench.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BROKERS } from "./brokers.ts";
import { CHANNEL_SCENES } from "./channels.ts";
import { readOpenFileLimit } from "./machine.ts";

export const usage = `npm run bench -- [fan-out] [idle] [channels] [brokers] [codec] [client] [million] [http] [startup] [routes] [options]

Runs all parts, or those named, and keeps the results in bench/results.

  --contenders a,b   of the streams: plain-http, dodona, hono-stream-sse, better-sse; of the channels:
                     plain-socket, dodona-channel, hono-stream-sse, better-sse, nchan; all by default
  --brokers a,b      of the brokers: memory, redis, ioredis, nats; all by default
  --nodes N,M        how many processes share a broker; 1,3
  --scenes a,b       of the channels: paced, burst, idle, stalled, resume; all by default
  --runtimes a,b     of the HTTP part: node, deno, bun; all by default
  --readers N,M      readers of the fan-out; 100,1000; of the paced channels; 10,100,1000,10000;
                     of each node on a broker; 100
  --streams N        idle streams; 5000; idle subscribers of a channel; 10000
  --events N         events of the one long stream; 1000000
  --rounds R         rounds of each part; 7; 3 for idle, 21 for startup
  --built            measure the build in dist/, not the source through tsx
  --quick            the whole way in less than a minute; keeps no results`;

const parts = [
  "fan-out",
  "idle",
  "channels",
  "brokers",
  "codec",
  "client",
  "million",
  "http",
  "startup",
  "routes",
] as const;
const streamContenders = ["plain-http", "dodona", "hono-stream-sse", "better-sse"];
const channelContenders = ["plain-socket", "dodona-channel", "better-sse", "hono-stream-sse", "nchan"];
const contenders = [...new Set([...streamContenders, ...channelContenders])];
const runtimes = ["node", "deno", "bun"] as const;

/** What to run, and how much of it. */
export interface Options {
  readonly help: boolean;
  readonly parts: ReadonlySet<(typeof parts)[number]>;
  readonly contenders: readonly string[];
  readonly channelContenders: readonly string[];
  readonly brokers: readonly (typeof BROKERS)[number][];
  readonly nodes: readonly number[];
  readonly scenes: ReadonlySet<(typeof CHANNEL_SCENES)[number]>;
  readonly runtimes: readonly (typeof runtimes)[number][];
  readonly readers: readonly number[];
  readonly channelReaders: readonly number[];
  readonly brokerReaders: number;
  readonly streams: number;
  readonly channelStreams: number;
  readonly events: number;
  readonly rounds: number;
  readonly idleRounds: number;
  readonly startUpRounds: number;
  readonly built: boolean;
  readonly quick: boolean;
}

/** @throws {TypeError} when an argument makes no sense. */
export function readOptions(words: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      contenders: { type: "string", default: contenders.join() },
      runtimes: { type: "string", default: runtimes.join() },
      brokers: { type: "string", default: BROKERS.join() },
      nodes: { type: "string", default: "1,3" },
      scenes: { type: "string", default: CHANNEL_SCENES.join() },
      readers: { type: "string" },
      streams: { type: "string" },
      events: { type: "string" },
      rounds: { type: "string" },
      built: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
    },
  });
  const { quick, rounds } = values;
  const wanted = values.contenders.split(",").map((word) => choose("contender", word, contenders));
  return {
    help: values.help,
    parts: new Set(positionals.length === 0 ? parts : positionals.map((word) => choose("part", word, parts))),
    contenders: streamContenders.filter((name) => wanted.includes(name)),
    channelContenders: channelContenders.filter((name) => wanted.includes(name)),
    brokers: values.brokers.split(",").map((word) => choose("broker", word, BROKERS)),
    nodes: values.nodes.split(",").map(readCount),
    scenes: new Set(values.scenes.split(",").map((word) => choose("scene", word, CHANNEL_SCENES))),
    runtimes: values.runtimes.split(",").map((word) => choose("runtime", word, runtimes)),
    readers: readSockets(values.readers ?? (quick ? "100" : "100,1000")),
    channelReaders: readSockets(values.readers ?? (quick ? "10,100" : "10,100,1000,10000")),
    brokerReaders: readSockets(values.readers ?? "100")[0] ?? 100,
    streams: fitSockets(readCount(values.streams ?? (quick ? "500" : "5000"))),
    channelStreams: fitSockets(readCount(values.streams ?? (quick ? "500" : "10000"))),
    events: readCount(values.events ?? (quick ? "100000" : "1000000")),
    rounds: readCount(rounds ?? (quick ? "2" : "7")),
    idleRounds: readCount(rounds ?? (quick ? "1" : "3")),
    startUpRounds: readCount(rounds ?? (quick ? "2" : "21")),
    built: values.built,
    quick,
  };
}

function choose<Word extends string>(what: string, word: string, words: readonly Word[]): Word {
  const found = words.find((known) => known === word);
  if (found === undefined) throw new TypeError(`Cannot run ${what} "${word}": there are ${words.join(", ")}`);
  return found;
}

function readCount(word: string): number {
  const count = Number(word);
  if (Number.isInteger(count) && count > 0) return count;
  throw new TypeError(`Cannot run with "${word}": not a positive whole number`);
}

function readSockets(words: string): number[] {
  return words.split(",").map(readCount).map(fitSockets);
}

/** A server and its readers are two processes: each holds one file per stream, and some of its own. */
function fitSockets(count: number): number {
  const most = (readOpenFileLimit() ?? Number.POSITIVE_INFINITY) - 100;
  if (count <= most) return count;
  console.warn(`No more than ${most} streams, not ${count}: see "ulimit -n"`);
  return most;
}
