/**
 * The routers of the lookup part. Each is filled with patterns, and then gives for a path the parameter `id`, or
 * the empty text where the route has none, or `undefined` where there is no route.
 *
 * This package's has no lookup apart from its dispatch: it is called as an application would call it, with a context
 * made by hand for each path, and runs the handler. The others only look up.
 *
 * @module
 */

import createFindMyWay from "find-my-way";
import type { Router as HonoRouter } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { TrieRouter } from "hono/router/trie-router";
import { importDodona } from "./dodona.ts";

/** Looks a path up. */
export type Lookup = (path: string) => string | undefined;

/** Makes the lookup of a router that has a route GET for each pattern. */
export type MakeLookup = (patterns: readonly string[]) => Lookup | Promise<Lookup>;

/** By name. */
export const ROUTE_CONTENDERS: Readonly<Record<string, MakeLookup>> = {
  dodona: makeDodona,
  "find-my-way": makeFindMyWay,
  "hono-regexp": (patterns) => makeHono(new RegExpRouter(), patterns),
  "hono-trie": (patterns) => makeHono(new TrieRouter(), patterns),
};

async function makeDodona(patterns: readonly string[]): Promise<Lookup> {
  const { Router } = await importDodona();
  const router = new Router();
  for (const pattern of patterns) {
    router.get(pattern, (ctx) => {
      const params: { id?: string } = ctx.params;
      ctx.response.body = params.id ?? "";
    });
  }
  const dispatch = router.routes();
  const missed = Promise.resolve();
  const next = () => missed;
  return (path) => {
    const response: { body?: string } = {};
    const context = { request: { method: "GET", path }, response };
    // All that a router looks at of a context.
    dispatch(context as unknown as Parameters<typeof dispatch>[0], next);
    return response.body;
  };
}

function makeFindMyWay(patterns: readonly string[]): Lookup {
  const router = createFindMyWay();
  for (const pattern of patterns) router.on("GET", pattern, () => undefined);
  return (path) => {
    const found = router.find("GET", path);
    return found === null ? undefined : (found.params.id ?? "");
  };
}

function makeHono(router: HonoRouter<string>, patterns: readonly string[]): Lookup {
  for (const pattern of patterns) router.add("GET", pattern, pattern);
  return (path) => {
    const [[first], captures] = router.match("GET", path);
    if (first === undefined) return undefined;
    const { id } = first[1];
    if (id === undefined) return "";
    // Where it found them by one expression, a parameter is the number of its capture.
    return typeof id === "number" ? captures?.[id] : id;
  };
}
