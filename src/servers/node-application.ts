/**
 * The application for Node alone, which has its server at hand: a program starts faster when nothing has to be
 * loaded to listen. The built package shows it to Node instead of the one that chooses.
 *
 * @module
 */

import { Application } from "../app/application.ts";
import type { State } from "../app/context.ts";
import type { ServerConstructor } from "../app/server.ts";
import { NodeServer } from "./node-server.ts";

/** An {@linkcode Application} that listens with the server of Node. */
export class NodeApplication<AppState extends State = State> extends Application<AppState> {
  protected override loadServer(): Promise<ServerConstructor> {
    return Promise.resolve(NodeServer);
  }
}
