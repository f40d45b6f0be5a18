import { LocalProgram } from "./local-program.ts";

/** Starts a NATS with JetStream of the test's own, which keeps its data over a restart. */
export function startNats(): Promise<LocalProgram> {
  return LocalProgram.start("nats-server", (port, folder) => [
    ...["-a", "127.0.0.1", "-p", String(port)],
    ...["-js", "-sd", folder],
  ]);
}
