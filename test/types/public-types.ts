// Nothing here runs: the compiler reads it, and each expected error is a mistake that it must catch.

import { Application, type Context, type Middleware, Router, ServerSentEvent } from "dodona";
import { ServerSentEventStreamTarget } from "dodona/sse";
import { encodeFrame, type Frame, frame } from "dodona/wire";

export function targets(target: ServerSentEventStreamTarget): void {
  target.dispatchEvent(new ServerSentEvent("ping", { any: "data" }, { id: 1, retry: 2, cancelable: true }));
  // @ts-expect-error: only an event that can be sent, or one that ends the stream
  target.dispatchEvent("ping");
  // @ts-expect-error: a comment is text
  target.dispatchComment(1);
  // @ts-expect-error: an id is text or a number
  new ServerSentEvent("ping", "data", { id: {} });
  // @ts-expect-error: a type is text
  new ServerSentEvent(1);
  // @ts-expect-error: a limit is a number
  new ServerSentEventStreamTarget({ maxBufferedBytes: "1" });
  const finished: Promise<boolean> = target.stream(["a", "b"], (text) => text.toUpperCase());
  void finished;
  // @ts-expect-error: a number is no source
  void target.stream(1);
}

export function gate(): void {
  const passed: Frame = frame({ type: "a", data: "b", id: 1n });
  encodeFrame(passed);
  // @ts-expect-error: no frame that did not pass the gate
  encodeFrame({ type: "a", data: "b", id: undefined, retry: undefined });
}

export function applications(): void {
  const app = new Application<{ count: number }>({ state: { count: 1 } });
  app.use((ctx) => {
    const count: number = ctx.state.count;
    // @ts-expect-error: not in the state
    ctx.state.missing;
    return count;
  });
  app.use((ctx: Context<{ session: string }>) => ctx.state.session.length);
  app.addEventListener("listen", ({ port }) => port.toFixed());
  app.addEventListener("error", ({ context }) => context?.request.method);
  // @ts-expect-error: middleware is a function or an object with handleRequest
  app.use("middleware");
  // @ts-expect-error: one of four words
  new Application({ contextState: "copy" });
  const awaited: Middleware = async (ctx) => {
    const target = await ctx.sendEvents();
    target.dispatchMessage("also awaited");
  };
  app.use(awaited);
  // @ts-expect-error: a port is a number
  void app.listen({ port: "80" });
}

export function routers(): void {
  const router = new Router();
  router.get("/a/:id", (ctx) => ctx.params.id?.length);
  // @ts-expect-error: a path comes first
  router.get(() => undefined);
}
