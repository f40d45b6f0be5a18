/**
 * Channels: what does it cost to publish to many readers, to keep them, to wait for a slow one, and to bring back those
 * who were away?
 *
 * The server has a core for itself, where the system lets us give it one. Its peers are in the same run: the cheapest
 * loop over sockets, better-sse's channel, Hono's `streamSSE`, and nginx with nchan where it is installed.
 *
 * @module
 */

import { measureResumeStorm, type ResumeStormResult } from "./channels-resume.ts";
import { measureStalledReader, type StalledReaderResult } from "./channels-stall.ts";
import type { Failure } from "./failure.ts";
import { type FanOutResult, measureFanOut } from "./fan-out.ts";
import { type IdleMemoryResult, measureIdleMemory } from "./idle-memory.ts";
import { canPin } from "./pinning.ts";

/** What the part measures. */
export const CHANNEL_SCENES = ["paced", "burst", "idle", "stalled", "resume"] as const;

/** How many of everything. */
export interface ChannelOptions {
  readonly contenders: readonly string[];
  readonly scenes: ReadonlySet<(typeof CHANNEL_SCENES)[number]>;
  /** Readers of the paced runs. */
  readonly readers: readonly number[];
  /** Readers of all else. */
  readonly crowd: number;
  readonly streams: number;
  readonly rounds: number;
  readonly idleRounds: number;
  readonly quick: boolean;
  readonly built: boolean;
}

/** The rounds of all scenes that were run. */
export interface ChannelResults {
  /** Whether the server had a core for itself. */
  readonly pinned: boolean;
  paced?: readonly FanOutResult[];
  burst?: readonly FanOutResult[];
  idle?: readonly IdleMemoryResult[];
  stalled?: readonly StalledReaderResult[];
  resume?: readonly ResumeStormResult[];
}

/** How many events a turn of a burst brings. */
export const BURST = 100;

/** Runs the scenes. A contender that fails leaves its scene, and is reported. */
export async function measureChannels(options: ChannelOptions, failures: Failure[]): Promise<ChannelResults> {
  const { contenders, scenes, readers, crowd, rounds, quick, built } = options;
  const children = { built, pinned: true };
  const results: ChannelResults = { pinned: canPin() };
  if (scenes.has("paced")) {
    results.paced = await measureFanOut(
      {
        ...children,
        contenders,
        readers,
        rounds,
        deliveriesPerRound: quick ? 10_000 : 200_000,
        perTurn: [1],
        leastTurns: quick ? 10 : 30,
        mostTurns: 1000,
        part: "channels, paced",
      },
      failures,
    );
  }
  if (scenes.has("burst")) {
    results.burst = await measureFanOut(
      {
        ...children,
        contenders,
        readers: [crowd],
        rounds,
        deliveriesPerRound: 0,
        perTurn: [BURST],
        leastTurns: quick ? 2 : 10,
        part: "channels, burst",
      },
      failures,
    );
  }
  if (scenes.has("idle")) {
    const idle = ["plain-http", ...contenders.filter((name) => name === "dodona-channel")];
    const { streams, idleRounds } = options;
    results.idle = await measureIdleMemory(
      { ...children, contenders: idle, streams, rounds: idleRounds },
      failures,
    );
  }
  if (scenes.has("stalled")) {
    const turns = quick ? 5 : 200;
    results.stalled = await measureStalledReader(
      { ...children, readers: crowd, rounds, turns, perTurn: BURST },
      failures,
    );
  }
  if (scenes.has("resume")) {
    const behind = quick ? 500 : 5000;
    results.resume = await measureResumeStorm(
      { ...children, readers: crowd, behind, rounds: quick ? 1 : Math.min(rounds, 5) },
      failures,
    );
  }
  return results;
}
