import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { Context } from "../../src/app/context.ts";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { ask, errorsOf } from "../support/asking.ts";
import { defer } from "../support/deferred.ts";
import { readUntil } from "../support/stream-reading.ts";

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** An application with one handler, and its error events. */
function handling(handler: (ctx: Context) => unknown) {
  const app = new Application({ logErrors: false });
  app.use(handler);
  return { app, errors: errorsOf(app) };
}

const ways = ["handle", "fetch"] as const;

for (const way of ways) {
  test(`${way} answers with the stream while its handler goes on`, async () => {
    const { promise, resolve } = defer<ServerSentEventStreamTarget>();
    const { app } = handling(async (ctx) => {
      const target = ctx.sendEvents({ keepAlive: false });
      resolve(target);
      target.dispatchMessage({ hello: "world" });
      await new Promise((over) => target.signal.addEventListener("abort", over));
    });
    const response = await app[way](new Request("http://host.test/"));
    assert.equal(response?.status, 200);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("content-length"), null);
    const reader = response.body?.getReader() as Reader;
    assert.match(await readUntil(reader, "\n\n"), /^:[^\n]*\ndata: \{"hello":"world"\}\n\n$/);
    const target = await promise;
    target.dispatchEvent(new ServerSentEvent("ping", "a\r\nb", { id: 0, retry: 5 }));
    assert.equal(await readUntil(reader, "\n\n"), "event: ping\nid: 0\nretry: 5\ndata: a\ndata: b\n\n");
    target.dispatchComment("goodbye");
    const closing = target.close();
    assert.equal(await readUntil(reader, "\n"), ": goodbye\n");
    assert.equal((await reader.read()).done, true);
    await closing;
  });

  test(`${way}: a handler that throws after the stream began closes it, and the error is told`, async () => {
    const heard: string[] = [];
    let target: ServerSentEventStreamTarget | undefined;
    const fault = new Error("the source dried up");
    const { app, errors } = handling((ctx) => {
      target = ctx.sendEvents({ keepAlive: false });
      for (const type of ["close", "error"])
        target.addEventListener(type, ({ type: name }) => heard.push(name));
      target.dispatchMessage("before");
      throw fault;
    });
    const response = await app[way](new Request("http://host.test/"));
    assert.match((await response?.text()) ?? "", /data: before\n\n$/);
    assert.equal(target?.signal.reason.code, "error");
    assert.equal(target?.signal.reason.cause, fault);
    assert.deepEqual(heard, ["close", "error"]);
    assert.deepEqual(
      errors.map(({ error, context }) => [error, context?.eventTarget]),
      [[fault, target]],
    );
  });

  test(`${way}: a reader that leaves closes the target, and that is no error`, async () => {
    const { promise, resolve } = defer<ServerSentEventStreamTarget>();
    const { app, errors } = handling((ctx) => resolve(ctx.sendEvents({ keepAlive: false })));
    const response = await app[way](new Request("http://host.test/"));
    await response?.body?.cancel();
    const target = await promise;
    await target.close();
    assert.equal(target.signal.reason.code, "disconnect");
    assert.deepEqual(errors, []);
  });

  test(`${way}: so does a request whose signal is aborted`, async () => {
    const { promise, resolve } = defer<ServerSentEventStreamTarget>();
    const { app } = handling((ctx) => resolve(ctx.sendEvents({ keepAlive: false })));
    const controller = new AbortController();
    await app[way](new Request("http://host.test/", { signal: controller.signal }));
    controller.abort();
    assert.equal((await promise).signal.reason.code, "disconnect");
  });
}

test("the answer to HEAD has the stream's headers and no body, and the target is closed", async () => {
  let target: ServerSentEventStreamTarget | undefined;
  const { app, errors } = handling((ctx) => {
    ctx.response.headers.set("x-own", "1");
    target = ctx.sendEvents();
  });
  const response = await ask(app, "/", { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(response.headers.get("x-own"), "1");
  assert.equal(response.body, null);
  assert.equal(target?.closed, true);
  assert.deepEqual(errors, []);
});

test("the headers that were set before arrive, and those of the call override them", async () => {
  const { app } = handling((ctx) => {
    ctx.response.headers.append("set-cookie", "a=1");
    ctx.response.headers.append("set-cookie", "b=2");
    ctx.response.headers.set("x-both", "response");
    ctx.response.headers.set("content-type", "text/plain");
    ctx.response.type = "json";
    ctx.sendEvents({ keepAlive: false, headers: { "x-both": "call", "cache-control": "no-store" } });
  });
  const { headers, body } = await ask(app);
  assert.deepEqual(headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(headers.get("x-both"), "call");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-accel-buffering"), "no");
  assert.equal(headers.get("content-type"), "text/event-stream");
  assert.equal(headers.get("connection"), null);
  await body?.cancel();
});

test("a second call gives the same target, by either name, awaited or not", async () => {
  const { app, errors } = handling(async (ctx) => {
    const target = ctx.sendEvents({ keepAlive: false });
    assert.equal(ctx.eventTarget, target);
    assert.equal(ctx.sendEvents(), target);
    assert.equal(ctx.getSSETarget({ retry: 7 }), target);
    assert.equal(await ctx.sendEvents(), target);
    await target.close();
  });
  const response = await ask(app);
  assert.match(await response.text(), /^:[^\n]*\n$/, "one opening");
  assert.deepEqual(errors, []);
});

test("getSSETarget gives the target at once, and takes the options", async () => {
  const { app, errors } = handling((ctx) => {
    assert.equal(ctx.eventTarget, undefined);
    const target = ctx.getSSETarget({ retry: 250, headers: { "x-own": "1" } });
    assert.equal(target.dispatchMessage("hi"), true);
    void target.close();
  });
  const response = await ask(app);
  assert.equal(response.headers.get("x-own"), "1");
  assert.match(await response.text(), /^:[^\n]*\nretry: 250\ndata: hi\n\n$/);
  assert.deepEqual(errors, []);
});

test("once the stream is open the response can't be changed", async () => {
  const { app, errors } = handling((ctx) => {
    const { response } = ctx;
    const target = ctx.sendEvents({ keepAlive: false });
    assert.equal(response.writable, false);
    const expected = { message: "The response is not writable." };
    const setters: (() => unknown)[] = [
      () => (response.status = 201),
      () => (response.body = "x"),
      () => (response.type = "html"),
      () => (response.headers = new Headers()),
      () => response.redirect("/elsewhere"),
    ];
    for (const set of setters) assert.throws(set, expected);
    assert.throws(() => response.with(new Response()), { message: /finalized/ });
    void target.close();
  });
  await (await ask(app)).text();
  assert.deepEqual(errors, []);
});

test("the options are checked where they are given, and the error is answered", async () => {
  const { app, errors } = handling((ctx) => ctx.sendEvents({ keepAlive: -1 }));
  assert.equal((await ask(app)).status, 500);
  assert.ok(errors[0]?.error instanceof RangeError);
});

test("the last event id comes from the header, or from the query", async () => {
  const ids: string[] = [];
  const { app } = handling(async (ctx) => {
    const target = ctx.sendEvents({ keepAlive: false });
    ids.push(target.lastEventId);
    await target.close();
  });
  for (const [path, headers] of [
    ["/?lastEventId=no", { "last-event-id": "7" }],
    ["/?lastEventId=9", {}],
    ["/", {}],
  ] as const) {
    await (await ask(app, path, { headers })).text();
  }
  assert.deepEqual(ids, ["7", "9", ""]);
});

test("middleware around the stream goes on when the handler is through, and the body is the stream's", async () => {
  const app = new Application({ logErrors: false });
  const errors = errorsOf(app);
  const { promise, resolve } = defer<boolean>();
  app.use(async (ctx, next) => {
    await next();
    resolve(ctx.respond);
  });
  app.use((ctx) => {
    const target = ctx.sendEvents({ keepAlive: false });
    target.dispatchMessage("mine");
    void target.close();
  });
  assert.match(await (await ask(app)).text(), /data: mine\n\n$/);
  assert.equal(await promise, false);
  assert.deepEqual(errors, []);
});

test("nothing is left on the application by its streams", async () => {
  const { app } = handling((ctx) => void ctx.sendEvents());
  let listeners = 0;
  app.addEventListener = () => {
    listeners++;
  };
  for (let count = 0; count < 5; count++) await (await ask(app)).body?.cancel();
  assert.equal(listeners, 0);
});
