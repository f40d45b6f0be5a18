/**
 * The application that knows the runtimes.
 *
 * @module
 */

import { Application } from "../app/application.ts";
import type { State } from "../app/context.ts";
import type { ServerConstructor } from "../app/server.ts";

/** An {@linkcode Application} that listens with the server of the runtime it is on: Node, Deno or Bun. */
export class RuntimeApplication<AppState extends State = State> extends Application<AppState> {
  protected override async loadServer(): Promise<ServerConstructor> {
    if ("Bun" in globalThis) return (await import("./bun-server.ts")).BunServer;
    if ("Deno" in globalThis) return (await import("./deno-server.ts")).DenoServer;
    if (typeof process === "object" && process.versions.node !== undefined) {
      return (await import("./node-server.ts")).NodeServer;
    }
    return super.loadServer();
  }
}
