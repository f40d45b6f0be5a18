/**
 * The child of the lookup part: one router in a process of its own, with few routes and many, in turns.
 *
 * @module
 */

import { ROUTE_CONTENDERS } from "./route-contenders.ts";
import { ROUTE_COUNTS, type RouteCommand, type RouteReport, type RouteRound } from "./routes.ts";

/** One kind of path in a router of one size: a pass looks all of its paths up. */
interface Entrant {
  readonly routes: number;
  readonly path: RouteRound["path"];
  pass(): void;
}

// Short, so that a slow moment of the machine falls on all entrants alike.
const SLICE_MS = 10;
const PATHS_PER_PASS = 1000;
/** So many routes are asked for, spread over all, however many there are. */
const TARGETS = 5;

process.on("disconnect", () => process.exit());
process.on("message", async ({ contender, roundMs }: RouteCommand) => {
  try {
    const entrants: Entrant[] = [];
    for (const routes of ROUTE_COUNTS) entrants.push(...(await enter(contender, routes)));
    report({ kind: "measured", rounds: measure(entrants, roundMs) });
  } catch (error) {
    report({ kind: "failed", reason: String(error) });
  }
});
report({ kind: "ready" });

/** The routes take turns: one whose path is all known, one with a parameter. */
function makePattern(n: number): string {
  return n % 2 === 0 ? `/api/area${n}/items` : `/api/area${n}/items/:id`;
}

async function enter(contender: string, routes: number): Promise<Entrant[]> {
  const lookup = await ROUTE_CONTENDERS[contender]?.(
    Array.from({ length: routes }, (_, n) => makePattern(n)),
  );
  if (lookup === undefined) throw new TypeError(`Cannot measure "${contender}": no such router`);
  const area = (n: number) => Math.floor((n % TARGETS) * (routes / TARGETS) * 0.5) * 2;
  const paths = {
    static: (n: number) => `/api/area${area(n)}/items`,
    parameter: (n: number) => `/api/area${area(n) + 1}/items/${n}`,
    none: (n: number) => `/api/area${area(n)}/things/${n}`,
  };
  const expected = { static: () => "", parameter: (n: number) => String(n), none: () => undefined };
  return (["static", "parameter", "none"] as const).map((path) => {
    const numbers = Array.from({ length: PATHS_PER_PASS }, (_, n) => n);
    const all = numbers.map(paths[path]);
    const answers = numbers.map(expected[path]);
    const pass = () => {
      for (let n = 0; n < PATHS_PER_PASS; n++) {
        if (lookup(all[n] as string) !== answers[n])
          throw new Error(`"${all[n]}" found "${lookup(all[n] as string)}"`);
      }
    };
    return { routes, path, pass };
  });
}

/** A B, A B, ...: in each slice every entrant makes as many passes as it could in `SLICE_MS`. */
function measure(entrants: readonly Entrant[], roundMs: number): RouteRound[] {
  const passes = entrants.map((entrant) => calibrate(entrant, roundMs));
  const slices = Math.max(1, Math.round(roundMs / SLICE_MS));
  const micros = entrants.map(() => 0);
  for (let slice = 0; slice < slices; slice++) {
    for (const [n, entrant] of entrants.entries())
      micros[n] = (micros[n] ?? 0) + time(entrant, passes[n] ?? 1);
  }
  return entrants.map(({ routes, path }, n) => {
    const nanosPerLookup = ((micros[n] ?? 0) * 1000) / (slices * (passes[n] ?? 1) * PATHS_PER_PASS);
    return { routes, path, nanosPerLookup };
  });
}

/** Warms an entrant up for `roundMs`, and finds how often it gets through in a slice. */
function calibrate(entrant: Entrant, roundMs: number): number {
  const start = performance.now();
  let passes = 0;
  for (; performance.now() - start < roundMs; passes++) entrant.pass();
  return Math.max(1, Math.round((passes * SLICE_MS) / roundMs));
}

/** Processor time of some passes, in microseconds. */
function time(entrant: Entrant, passes: number): number {
  const before = process.cpuUsage();
  for (let pass = 0; pass < passes; pass++) entrant.pass();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function report(message: RouteReport): void {
  process.send?.(message);
}
