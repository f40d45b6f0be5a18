import { LocalProgram } from "./local-program.ts";

/** Starts a Redis of the test's own; with `persistent` it keeps its data over a restart. */
export function startRedis({ persistent = false } = {}): Promise<LocalProgram> {
  return LocalProgram.start("redis-server", (port, folder) => [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
    ...(persistent ? ["--appendonly", "yes", "--appendfsync", "always"] : []),
  ]);
}
