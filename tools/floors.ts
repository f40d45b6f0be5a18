/**
 * The plan of the house: which room stands on which floor, and what each may hold.
 *
 * @module
 */

/** The floor of each room in `src/`; doors stand above all of them. */
export const FLOOR_OF_ROOM: ReadonlyMap<string, number> = new Map([
  ["testing", 4],
  ["inspector", 4],
  ["cli", 4],
  ["hub", 4],
  ["servers", 3],
  ["middleware", 3],
  ["brokers", 3],
  ["app", 2],
  ["channel", 2],
  ["sse", 1],
  ["client", 1],
  ["wire", 0],
  ["http", 0],
]);

/** Rooms that import no npm package. */
export const ROOMS_WITHOUT_PACKAGES: ReadonlySet<string> = new Set(["wire", "sse", "client", "channel"]);

/** Rooms in which time comes through the `Clock` port. */
export const ROOMS_WITH_CLOCK: ReadonlySet<string> = new Set(["sse", "client", "channel", "brokers"]);

/** The files that may touch the system's own clock, by name. */
export const CLOCK_FILES: ReadonlySet<string> = new Set(["clock.ts", "system-clock.ts"]);

/** The room in which the globals `Deno` and `Bun` may be used. */
export const RUNTIME_ROOM = "servers";

/** Files outside the rooms below that may import `node:*`, because they serve from disk. */
const DISK_FILES: ReadonlySet<string> = new Set(["src/app/disk-file.ts"]);

/** Rooms in which any file may import `node:*`. */
const NODE_ROOMS: ReadonlySet<string> = new Set(["brokers", "cli"]);

/** Whether a file of `src/` may import Node's own modules. */
export function mayImportNode(path: string): boolean {
  if (DISK_FILES.has(path) || path.startsWith("src/servers/node-")) return true;
  return NODE_ROOMS.has(path.split("/")[1] ?? "");
}
