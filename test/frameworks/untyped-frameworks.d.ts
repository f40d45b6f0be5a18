/**
 * The part of Express and Koa that the tests and the bench call: the packages bring no types.
 *
 * @module
 */

declare module "express" {
  import type { IncomingMessage, Server, ServerResponse } from "node:http";

  type Next = (error?: unknown) => void;
  type Handler = (request: IncomingMessage & Parsed, response: ServerResponse & Sender, next: Next) => void;
  type ErrorHandler = (
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next,
  ) => void;

  interface Parsed {
    readonly params: { readonly id: string };
    readonly body: unknown;
  }

  interface Sender {
    json(body: unknown): void;
    send(body: string): void;
    cookie(name: string, value: string): void;
  }

  interface Express {
    use(handler: Handler): void;
    use(handler: ErrorHandler): void;
    get(path: string, handler: Handler): void;
    post(path: string, ...handlers: Handler[]): void;
    listen(port: number, hostname: string, onListening?: () => void): Server;
  }

  interface MakeExpress {
    (): Express;
    json(): Handler;
    static(root: string): Handler;
  }

  const express: MakeExpress;
  export default express;
}

declare module "koa" {
  import type { IncomingMessage, Server, ServerResponse } from "node:http";

  interface Context {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly path: string;
    readonly cookies: { set(name: string, value: string): void };
    respond: boolean;
    body: unknown;
    set(name: string, value: string): void;
  }

  export default class Koa {
    use(middleware: (ctx: Context, next: () => Promise<void>) => unknown): this;
    on(type: "error", listener: (error: unknown) => void): this;
    listen(port: number, hostname: string, onListening?: () => void): Server;
  }
}

declare module "koa-send" {
  export default function send(ctx: unknown, path: string, options: { root: string }): Promise<string>;
}
