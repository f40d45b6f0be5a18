/**
 * What it costs to find a route among 10, 100 and 1,000, beside the routers of others.
 *
 * @module
 */

import { Child, type ChildOptions } from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";

/** How many of everything. */
export interface RoutesOptions extends ChildOptions {
  readonly rounds: number;
  /** How long each router works in each round with each number of routes and each kind of path, about. */
  readonly roundMs: number;
}

/** What the runner tells the child. */
export interface RouteCommand {
  readonly kind: "measure";
  readonly contender: string;
  readonly roundMs: number;
}

/** What the child answers. */
export type RouteReport =
  | { kind: "ready" }
  | { kind: "failed"; reason: string }
  | { kind: "measured"; rounds: RouteRound[] };

/** One router with so many routes, once. */
export interface RouteRound {
  readonly routes: number;
  /** What is looked up: a path that is all known, one with a parameter, or one that no route has. */
  readonly path: "static" | "parameter" | "none";
  /** Processor time. */
  readonly nanosPerLookup: number;
}

/** All rounds of one router with so many routes. */
export interface RouteResult extends Omit<RouteRound, "nanosPerLookup"> {
  readonly contender: string;
  readonly nanosPerLookup: readonly number[];
}

/** The numbers of routes, the least first. */
export const ROUTE_COUNTS: readonly number[] = [10, 100, 1000];

const CONTENDERS = ["dodona", "find-my-way", "hono-regexp", "hono-trie"];

/**
 * Measures each router in a fresh process, and all of them `rounds` times over. Within a process all numbers of
 * routes take turns, so that the same compiled code finds a route among few and among many.
 */
export async function measureRoutes(options: RoutesOptions, failures: Failure[]): Promise<RouteResult[]> {
  const results = new Map<string, RouteResult & { nanosPerLookup: number[] }>();
  const contenders = new Set(CONTENDERS);
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of contenders) {
      try {
        for (const { nanosPerLookup, ...entry } of await measureOnce(contender, options)) {
          const name = `${contender}, ${entry.path}, ${entry.routes}`;
          const result = results.get(name) ?? { contender, ...entry, nanosPerLookup: [] };
          result.nanosPerLookup.push(nanosPerLookup);
          results.set(name, result);
        }
      } catch (error) {
        contenders.delete(contender);
        failures.push(describeFailure("routes", contender, error));
      }
    }
  }
  return [...results.values()].filter(({ contender }) => contenders.has(contender));
}

async function measureOnce(contender: string, options: RoutesOptions): Promise<RouteRound[]> {
  const child = new Child<RouteCommand, RouteReport>(contender, "route-rounds.ts", options);
  try {
    await child.next("ready");
    const failed = child.next("failed").then(({ reason }) => Promise.reject(new Error(reason)));
    const measured = child.ask({ kind: "measure", contender, roundMs: options.roundMs }, "measured");
    const { rounds } = await Promise.race([measured, failed]);
    return rounds;
  } finally {
    await child.stop();
  }
}
