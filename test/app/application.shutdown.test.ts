import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { Context } from "../../src/app/context.ts";
import type { Listener } from "../../src/app/server.ts";
import { errorsOf } from "../support/asking.ts";
import { type Deferred, defer } from "../support/deferred.ts";
import { HandServer, handServer } from "../support/hand-server.ts";

/** Listens, without a socket; what happens is noted in `order`. */
async function listening(handler: (ctx: Context) => unknown) {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer, logErrors: false });
  const controller = new AbortController();
  const order: string[] = [];
  app.use(handler);
  const listens = defer();
  app.addEventListener("listen", () => listens.resolve());
  app.addEventListener("close", () => order.push("close"));
  const done = app.listen({ signal: controller.signal }).then(() => order.push("listen resolved"));
  await listens.promise;
  const server = servers[0] as HandServer;
  return { app, server, order, done, abort: () => controller.abort() };
}

/** Lets all that is due in this turn of the event loop happen. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("with nothing under way abort closes the server, and the close event comes last", async () => {
  const { server, order, done, abort } = await listening(() => undefined);
  await server.hand("/").handled;
  assert.deepEqual(server.calls, ["listen"]);
  abort();
  await done;
  assert.deepEqual(server.calls, ["listen", "close"]);
  assert.deepEqual(order, ["close", "listen resolved"]);
});

test("abort ends the streams first, and waits for the requests in flight", async () => {
  const work = defer();
  const { server, order, done, abort } = await listening(async (ctx) => {
    if (ctx.request.url.pathname === "/stream") {
      const target = ctx.sendEvents({ keepAlive: false });
      target.addEventListener("close", (event) => order.push((event as CloseEvent).reason));
      return;
    }
    await work.promise;
    ctx.response.body = "finished";
  });
  const stream = await server.hand("/stream").answer;
  const { answer } = server.hand("/slow");
  abort();
  assert.match(await stream.text(), /^:[^\n]*\nretry: \d+\n$/);
  await turn();
  assert.deepEqual(order, ["shutdown"]);
  assert.deepEqual(server.calls, ["listen", "close"], "no new connection while it waits");
  work.resolve();
  assert.equal(await (await answer).text(), "finished");
  await done;
  assert.deepEqual(order, ["shutdown", "close", "listen resolved"]);
});

test("a handler that waits for the end of its stream does not hold the shutdown", async () => {
  const { server, done, order, abort } = await listening(async (ctx) => {
    const { signal } = ctx.sendEvents({ keepAlive: false });
    await new Promise((over) => signal.addEventListener("abort", over));
  });
  const streams = await Promise.all([server.hand("/1").answer, server.hand("/2").answer]);
  abort();
  await Promise.all(streams.map((stream) => stream.text()));
  await done;
  assert.deepEqual(order, ["close", "listen resolved"]);
});

test("the abort may come from inside a handler, and each request at hand is answered", async () => {
  const holds: Deferred[] = [];
  let stop: (() => void) | undefined;
  const { server, done, order, abort } = await listening(async (ctx) => {
    const hold = defer();
    holds.push(hold);
    if (holds.length === 2) stop?.();
    await hold.promise;
    ctx.response.body = "answered";
  });
  stop = abort;
  const handed = Array.from({ length: 5 }, (_, index) => server.hand(`/${index}`));
  await turn();
  assert.equal(holds.length, 5);
  for (const hold of holds) hold.resolve();
  const answers = await Promise.all(handed.map(async ({ answer }) => (await answer).text()));
  assert.deepEqual(answers, Array(5).fill("answered"));
  await done;
  assert.deepEqual(order, ["close", "listen resolved"]);
});

test("a request that comes while all ends is answered too, and a stream that it opens ended", async () => {
  const work = defer();
  const { server, done, order, abort } = await listening(async (ctx) => {
    if (ctx.request.url.pathname === "/stream") return void ctx.sendEvents({ keepAlive: false });
    await work.promise;
    ctx.response.body = "answered";
  });
  const first = server.hand("/first");
  abort();
  await turn();
  const second = server.hand("/second");
  const stream = await server.hand("/stream").answer;
  assert.match(await stream.text(), /^:[^\n]*\nretry: \d+\n$/);
  work.resolve();
  for (const { answer } of [first, second]) assert.equal(await (await answer).text(), "answered");
  await done;
  assert.deepEqual(order, ["close", "listen resolved"]);
});

test("a request that fails is over too", async () => {
  const work = defer();
  const { app, server, done, order, abort } = await listening(() => work.promise);
  const errors = errorsOf(app);
  const { answer } = server.hand("/");
  abort();
  work.reject(new Error("failed"));
  assert.equal((await answer).status, 500);
  await done;
  assert.equal(errors.length, 1);
  assert.deepEqual(order, ["close", "listen resolved"]);
});

test("an abort while the server begins to listen ends it as soon as it does", async () => {
  const begins = defer<Listener>();
  const servers: HandServer[] = [];
  class Slow extends HandServer {
    override listen(): Promise<Listener> {
      servers.push(this);
      return begins.promise;
    }
  }
  const app = new Application({ serverConstructor: Slow });
  app.use(() => undefined);
  const events: string[] = [];
  for (const type of ["listen", "close"] as const)
    app.addEventListener(type, ({ type: name }) => events.push(name));
  const controller = new AbortController();
  const done = app.listen({ signal: controller.signal });
  await turn();
  controller.abort();
  begins.resolve({ addr: { hostname: "192.0.2.1", port: 1 } });
  await done;
  assert.deepEqual(events, ["listen", "close"]);
  assert.deepEqual(servers[0]?.calls, ["close"]);
});

test("two listeners of one application end each by itself", async () => {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer });
  app.use((ctx) => void ctx.sendEvents({ keepAlive: false }));
  const controllers = [new AbortController(), new AbortController()] as const;
  const done = controllers.map(({ signal }) => app.listen({ signal }));
  await turn();
  const [first, second] = servers as [HandServer, HandServer];
  const streams = [await first.hand("/").answer, await second.hand("/").answer] as const;
  controllers[0].abort();
  await Promise.all([done[0], streams[0].text()]);
  assert.deepEqual(second.calls, ["listen"]);
  const reader = (streams[1].body as ReadableStream<Uint8Array>).getReader();
  assert.equal((await reader.read()).done, false, "its opening can still be read");
  controllers[1].abort();
  assert.match(new TextDecoder().decode((await reader.read()).value), /^retry: /);
  assert.equal((await reader.read()).done, true);
  await done[1];
});

/** Handlers that leave the application nothing to answer, or nothing that it can read. */
const awkward: [name: string, respond: boolean, end: () => unknown][] = [
  ["answers by itself and forgets to say so", true, () => undefined],
  ["answers by itself and then throws", true, () => assert.fail("afterwards")],
  [
    "throws an error that can't be read",
    false,
    () => {
      throw Object.create(Error.prototype, { message: { get: () => assert.fail("not to be read") } });
    },
  ],
];

for (const [name, answers, end] of awkward) {
  test(`a server is promised no rejection, also when a handler ${name}`, async () => {
    const { app, server, done, abort } = await listening((ctx) => {
      if (answers) void ctx.request.originalRequest.respond(new Response("by itself"));
      return end();
    });
    const errors = errorsOf(app);
    const { answer, handled } = server.hand("/");
    await handled;
    assert.equal((await answer).status, answers ? 200 : 500);
    assert.equal(errors.length, 1);
    abort();
    await done;
  });
}
