import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Gives what collects garbage, by the runtime's own way. */
export function garbageCollector(): () => void {
  const bun = (globalThis as { Bun?: { gc(force: boolean): void } }).Bun;
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
