/**
 * The results of one run: what they hold, and where they are kept.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import type { BrokerResult } from "./brokers.ts";
import type { ChannelResults } from "./channels.ts";
import type { ClientResult } from "./client.ts";
import type { CodecResult } from "./codec.ts";
import type { Failure } from "./failure.ts";
import type { FanOutResult } from "./fan-out.ts";
import type { HttpResult } from "./http.ts";
import type { IdleMemoryResult } from "./idle-memory.ts";
import type { Machine } from "./machine.ts";
import type { MillionResult } from "./million.ts";
import type { RouteResult } from "./routes.ts";
import type { StartUpResult } from "./start-up.ts";

/** All that a run has measured, round by round; a part that was not run is missing. */
export interface Results {
  readonly machine: Machine;
  /** What `dodona` was: its source, run through tsx, or its build. */
  readonly subject: "source" | "build";
  /** Whether it was only to see that all parts run. */
  readonly quick: boolean;
  fanOut?: readonly FanOutResult[];
  idleMemory?: readonly IdleMemoryResult[];
  channels?: ChannelResults;
  brokers?: readonly BrokerResult[];
  codec?: readonly CodecResult[];
  client?: readonly ClientResult[];
  million?: readonly MillionResult[];
  http?: readonly HttpResult[];
  startUp?: readonly StartUpResult[];
  routes?: readonly RouteResult[];
  readonly failures: Failure[];
}

const folder = new URL("results/", import.meta.url);

/** Keeps the raw results by date and commit, and the report of this run as the latest. Returns the name. */
export function keepResults(results: Results, report: string): string {
  const { date, commit, dirty } = results.machine;
  const name = `${date.slice(0, 16).replace(":", "")}-${commit}${dirty ? "-dirty" : ""}.json`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(name, folder), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(new URL("latest.md", folder), report);
  return name;
}
