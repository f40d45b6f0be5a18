/**
 * The events of an application.
 *
 * @module
 */

import { ErrorEvent } from "../sse/error-event.ts";
import type { Context } from "./context.ts";
import type { ServerType } from "./server.ts";

/** Something was thrown while a request was handled, and not caught. */
export class ApplicationErrorEvent extends ErrorEvent {
  /** The request's context; `undefined` when not even that could be made. */
  readonly context: Context | undefined;

  constructor(error: Error, context?: Context) {
    super("error", { error, message: error.message });
    this.context = context;
  }
}

/** The application listens. */
export class ApplicationListenEvent extends Event {
  readonly hostname: string;
  /** The real port, also when 0 was asked for. */
  readonly port: number;
  readonly secure: boolean;
  readonly serverType: ServerType;

  constructor(init: { hostname: string; port: number; secure: boolean; serverType: ServerType }) {
    super("listen");
    this.hostname = init.hostname;
    this.port = init.port;
    this.secure = init.secure;
    this.serverType = init.serverType;
  }
}

/** The application has stopped listening: nothing is under way any more. */
export class ApplicationCloseEvent extends Event {
  constructor() {
    super("close");
  }
}
