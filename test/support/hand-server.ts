import type { ListenOptions, RequestHandler, Server, ServerAddress } from "../../src/app/server.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";

/** A server without a socket: the test hands it the requests. */
export class HandServer implements Server {
  readonly options: ListenOptions;
  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly #handler: RequestHandler;

  constructor(handler: RequestHandler, options: ListenOptions) {
    this.#handler = handler;
    this.options = options;
  }

  async listen(): Promise<ServerAddress> {
    this.calls.push("listen");
    return { hostname: "192.0.2.1", port: 4321 };
  }

  async close(): Promise<void> {
    this.calls.push("close");
  }

  /** Hands over a request; `answer` is the response, `handled` resolves when the handler is through. */
  hand(path: string): { answer: Promise<Response>; handled: Promise<void> } {
    const request = new WebServerRequest(new Request(`http://host.test${path}`));
    return { answer: request.response, handled: this.#handler(request) };
  }
}

/** A `HandServer` to give to an application, and the servers that the application made of it. */
export function handServer(): { HandServer: typeof HandServer; servers: HandServer[] } {
  const servers: HandServer[] = [];
  class KeptServer extends HandServer {
    constructor(handler: RequestHandler, options: ListenOptions) {
      super(handler, options);
      servers.push(this);
    }
  }
  return { HandServer: KeptServer, servers };
}
