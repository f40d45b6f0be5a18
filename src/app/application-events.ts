/**
 * The events of an application.
 *
 * @module
 */

import { ErrorEvent } from "../sse/error-event.ts";
import type { Context } from "./context.ts";
import type { Listener, ServerType } from "./server.ts";

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
  readonly listener: Listener;
  readonly serverType: ServerType;

  constructor(init: { listener: Listener; secure: boolean; serverType: ServerType }) {
    super("listen");
    this.hostname = init.listener.addr.hostname;
    this.port = init.listener.addr.port;
    this.listener = init.listener;
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
