/**
 * The package under test, by the name and the conditions of its own `exports`: its source under
 * `--conditions=dodona-source`, else its build. This folder is a package of its own and can't name its parent.
 *
 * @module
 */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(new URL("../package.json", import.meta.url));

/** The main entry. */
export function importDodona(): Promise<typeof import("../src/mod.ts")> {
  return import(pathToFileURL(resolve("dodona")).href);
}

/** Channels. */
export function importDodonaChannel(): Promise<typeof import("../src/channel.ts")> {
  return import(pathToFileURL(resolve("dodona/channel")).href);
}

/** Brokers on Redis. */
export function importDodonaRedis(): Promise<typeof import("../src/redis.ts")> {
  return import(pathToFileURL(resolve("dodona/redis")).href);
}

/** Brokers on NATS. */
export function importDodonaNats(): Promise<typeof import("../src/nats.ts")> {
  return import(pathToFileURL(resolve("dodona/nats")).href);
}

/** The client. */
export function importDodonaClient(): Promise<typeof import("../src/client.ts")> {
  return import(pathToFileURL(resolve("dodona/client")).href);
}

/** The codec. */
export function importDodonaWire(): Promise<typeof import("../src/wire.ts")> {
  return import(pathToFileURL(resolve("dodona/wire")).href);
}
