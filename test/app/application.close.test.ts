import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { Context } from "../../src/app/context.ts";
import type { Listener } from "../../src/app/server.ts";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { errorsOf } from "../support/asking.ts";
import { BareRequest } from "../support/bare-request.ts";
import { defer } from "../support/deferred.ts";
import { handServer } from "../support/hand-server.ts";

/** Listens twice, without a socket. */
async function listeningTwice(handler: (ctx: Context) => unknown) {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer, logErrors: false });
  const order: string[] = [];
  const listens = [defer(), defer()];
  let at = 0;
  app.use(handler);
  app.addEventListener("listen", () => listens[at++]?.resolve());
  app.addEventListener("close", () => order.push("close"));
  const done = [app.listen(), app.listen()];
  await Promise.all(listens.map(({ promise }) => promise));
  return { app, servers, order, done };
}

test("close ends all that listens, and resolves when it is over", async () => {
  const { app, servers, order, done } = await listeningTwice(() => undefined);
  await app.close();
  assert.deepEqual(
    servers.map(({ calls }) => calls),
    [
      ["listen", "close"],
      ["listen", "close"],
    ],
  );
  await Promise.all(done);
  assert.deepEqual(order, ["close", "close"]);
});

test("await using closes it", async () => {
  const { app, done } = await listeningTwice(() => undefined);
  {
    await using used = app;
    assert.equal(used, app);
  }
  await Promise.all(done);
});

test("close waits for the handlers, and ends the streams, of handle and fetch", async () => {
  const app = new Application({ logErrors: false });
  const work = defer();
  app.use(async (ctx) => {
    if (ctx.request.url.pathname === "/stream") return void ctx.sendEvents({ keepAlive: false });
    await work.promise;
    ctx.response.body = "finished";
  });
  const stream = await app.fetch(new Request("http://host.test/stream"));
  const answer = app.handle(new Request("http://host.test/slow"));
  let closed = false;
  const closing = app.close().then(() => {
    closed = true;
  });
  await stream.text();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(closed, false);
  work.resolve();
  assert.equal(await (await answer)?.text(), "finished");
  await closing;
});

test("closed, it can be used again", async () => {
  const app = new Application({ logErrors: false });
  app.use((ctx) => void ctx.sendEvents({ keepAlive: false }));
  await app.close();
  const response = await app.fetch(new Request("http://host.test/"));
  const reader = response.body?.getReader();
  assert.equal((await reader?.read())?.done, false);
  const closing = app.close();
  assert.match(new TextDecoder().decode((await reader?.read())?.value), /^retry: \d+\n$/);
  assert.equal((await reader?.read())?.done, true);
  await closing;
});

test("a handler that never returns is waited for so long and no longer", async () => {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer, logErrors: false });
  const controller = new AbortController();
  app.use(() => new Promise(() => undefined));
  app.addEventListener("listen", () => {
    void servers[0]?.hand("/");
    controller.abort();
  });
  await app.listen({ signal: controller.signal, shutdownTimeoutMs: 1 });
});

/** A server as oak has them: its requests are iterated, and its constructor gets the application. */
class IteratedServer {
  static readonly made: IteratedServer[] = [];
  readonly application: unknown;
  readonly requests = [new BareRequest("/1"), new BareRequest("/2")];

  constructor(application: unknown) {
    this.application = application;
    IteratedServer.made.push(this);
  }

  listen(): Listener {
    return { addr: { hostname: "192.0.2.1", port: 1 } };
  }

  close(): void {}

  async *[Symbol.asyncIterator](): AsyncGenerator<ServerRequest> {
    yield* this.requests;
  }
}

test("a server whose requests are iterated answers each, and listening ends with them", async () => {
  const app = new Application({ serverConstructor: IteratedServer, logErrors: false });
  app.use((ctx) => {
    ctx.response.body = ctx.request.url.pathname;
  });
  await app.listen();
  const [server] = IteratedServer.made;
  assert.equal(server?.application, app);
  const answers = server?.requests.map(({ answers: [answer] }) => answer?.text());
  assert.deepEqual(await Promise.all(answers ?? []), ["/1", "/2"]);
});

test("what the iteration throws is an error event", async () => {
  class Broken extends IteratedServer {
    // biome-ignore lint/correctness/useYield: it fails before it has anything
    override async *[Symbol.asyncIterator](): AsyncGenerator<ServerRequest> {
      throw new Error("broken");
    }
  }
  const app = new Application({ serverConstructor: Broken, logErrors: false });
  app.use(() => undefined);
  const errors = errorsOf(app);
  await app.listen();
  assert.deepEqual(
    errors.map(({ error, context }) => [error.message, context]),
    [["broken", undefined]],
  );
});
