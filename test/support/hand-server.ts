import type { Listener, ListenOptions, RequestHandler, Server } from "../../src/app/server.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";

/** A server without a socket: the test hands it the requests. */
export class HandServer implements Server {
  readonly application: unknown;
  readonly options: ListenOptions;
  /** What was called, in order. */
  readonly calls: string[] = [];
  #handler: RequestHandler | undefined;

  constructor(application: unknown, options: ListenOptions) {
    this.application = application;
    this.options = options;
  }

  async listen(handler: RequestHandler): Promise<Listener> {
    this.calls.push("listen");
    this.#handler = handler;
    return { addr: { hostname: "192.0.2.1", port: 4321 } };
  }

  async close(): Promise<void> {
    this.calls.push("close");
  }

  abort(): void {
    this.calls.push("abort");
  }

  /** Hands over a request; `answer` is the response, `handled` resolves when the handler is through. */
  hand(path: string, init?: RequestInit): { answer: Promise<Response>; handled: Promise<void> } {
    if (this.#handler === undefined) throw new Error("Cannot hand over a request: nobody listens");
    const request = new WebServerRequest(new Request(`http://host.test${path}`, init));
    return { answer: request.response, handled: Promise.resolve(this.#handler(request)) };
  }
}

/** A `HandServer` to give to an application, and the servers that the application made of it. */
export function handServer(): { HandServer: typeof HandServer; servers: HandServer[] } {
  const servers: HandServer[] = [];
  class KeptServer extends HandServer {
    constructor(application: unknown, options: ListenOptions) {
      super(application, options);
      servers.push(this);
    }
  }
  return { HandServer: KeptServer, servers };
}
