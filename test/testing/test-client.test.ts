import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { EventReadError } from "../../src/testing/event-read-error.ts";
import { createTestClient } from "../../src/testing/test-client.ts";
import { defer } from "../support/deferred.ts";

/** An application that says what it was asked. */
function echo(): Application {
  const app = new Application({ logErrors: false });
  app.use(async (ctx) => {
    const { method, url, ip, secure, headers, body } = ctx.request;
    ctx.response.body = { method, url: url.href, ip, secure, headers: [...headers], text: await body.text() };
  });
  return app;
}

test("a request goes through the application, and its answer comes back", async () => {
  const client = createTestClient(echo());
  const response = await client.request("/a?b=c", { method: "QUERY", body: "hello" });
  const asked = await response.json();
  assert.deepEqual(
    [response.status, asked.method, asked.url, asked.ip, asked.secure, asked.text],
    [200, "QUERY", "http://localhost/a?b=c", "127.0.0.1", false, "hello"],
  );
});

test("each usual method has a name", async () => {
  const client = createTestClient(echo());
  for (const name of ["get", "post", "put", "patch", "delete"] as const) {
    assert.equal((await (await client[name]("/")).json()).method, name.toUpperCase());
  }
});

test("a body can be given as JSON", async () => {
  const client = createTestClient(echo());
  const asked = await (await client.post("/", { json: { a: [1] } })).json();
  assert.equal(asked.text, '{"a":[1]}');
  assert.deepEqual(
    asked.headers.filter(([name]: string[]) => name === "content-type"),
    [["content-type", "application/json"]],
  );
});

test("where a client is and what it sends each time can be said", async () => {
  const client = createTestClient(echo(), {
    origin: "https://host.test",
    headers: { "x-own": "1", "x-other": "2" },
    remoteAddress: { hostname: "192.0.2.1" },
  });
  const asked = await (await client.get("/a", { headers: { "x-other": "3" } })).json();
  assert.deepEqual([asked.url, asked.ip, asked.secure], ["https://host.test/a", "192.0.2.1", true]);
  assert.deepEqual(
    asked.headers.filter(([name]: string[]) => name?.startsWith("x-")),
    [
      ["x-other", "3"],
      ["x-own", "1"],
    ],
  );
});

test("no answer is an error", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.respond = false;
  });
  await assert.rejects(createTestClient(app).post("/a"), {
    message: 'Cannot get an answer to POST "/a": the application gave none',
  });
});

/** An application that sets, shows and deletes cookies. */
function cookieJar(): Application {
  const app = new Application();
  app.use(async (ctx) => {
    const { pathname } = ctx.request.url;
    if (pathname === "/set") {
      await ctx.cookies.set("a", "1");
      await ctx.cookies.set("b", "2=x", { maxAge: 60 });
    }
    if (pathname === "/delete") await ctx.cookies.delete("a");
    if (pathname === "/over") ctx.response.headers.append("set-cookie", "b=3; Max-Age=0");
    ctx.response.body = ctx.request.headers.get("cookie") ?? "none";
  });
  return app;
}

test("cookies are kept and sent back, until they are deleted", async () => {
  const client = createTestClient(cookieJar());
  const ask = async (path: string) => (await client.get(path)).text();
  assert.equal(await ask("/set"), "none");
  assert.equal(await ask("/delete"), "a=1; b=2=x");
  assert.equal(await ask("/over"), "b=2=x");
  assert.equal(await ask("/"), "none");
  client.cookies.set("own", "4");
  assert.equal(await ask("/"), "own=4");
  const given = await client.get("/", { headers: { cookie: "given=5" } });
  assert.equal(await given.text(), "given=5");
});

test("cookies are kept by no other client, and not at all if it is said", async () => {
  const app = cookieJar();
  await createTestClient(app).get("/set");
  const client = createTestClient(app, { cookies: false });
  await client.get("/set");
  assert.equal(await (await client.get("/")).text(), "none");
});

/** An application of event streams, and its targets as they are opened. */
function streaming(): { app: Application; opened: () => Promise<ServerSentEventStreamTarget> } {
  const app = new Application();
  let next = defer<ServerSentEventStreamTarget>();
  app.use((ctx) => {
    if (ctx.request.path !== "/events") return;
    next.resolve(ctx.sendEvents());
  });
  return {
    app,
    async opened() {
      const target = await next.promise;
      next = defer();
      return target;
    },
  };
}

test("an event stream is read while it is written", async () => {
  const { app, opened } = streaming();
  const events = await createTestClient(app).events("/events");
  const target = await opened();
  const waiting = events.next("ping");
  target.dispatchComment("hello");
  target.dispatchMessage("not this");
  target.dispatchEvent(new ServerSentEvent("ping", { n: 1 }, { id: 7 }));
  assert.deepEqual(await waiting, { type: "ping", data: '{"n":1}', lastEventId: "7" });
  assert.equal(await events.comment(), "hello");
  await target.close();
  assert.deepEqual(await events.all(), []);
});

test("closing it is a client's leaving", async () => {
  const { app, opened } = streaming();
  const events = await createTestClient(app).events("/events");
  const target = await opened();
  target.dispatchMessage("hello");
  assert.equal((await events.next()).data, "hello");
  const left = new Promise((resolve) => target.signal.addEventListener("abort", resolve));
  await events.close();
  await left;
  assert.equal(target.signal.reason.code, "disconnect");
});

test("so is aborting the signal that was given", async () => {
  const { app, opened } = streaming();
  const controller = new AbortController();
  await createTestClient(app).events("/events", { signal: controller.signal });
  const target = await opened();
  const left = new Promise((resolve) => target.signal.addEventListener("abort", resolve));
  controller.abort();
  await left;
  assert.equal(target.signal.reason.code, "disconnect");
});

test("reconnecting leaves, and asks again with the last event id", async () => {
  const { app, opened } = streaming();
  const client = createTestClient(app);
  const first = await client.events("/events");
  const before = await opened();
  assert.equal(before.lastEventId, "");
  before.dispatchEvent(new ServerSentEvent("a", "1", { id: "épée 7" }));
  before.dispatchEvent(new ServerSentEvent("a", "2", { id: "8" }));
  await first.next("a");
  const second = await first.reconnect();
  const after = await opened();
  assert.deepEqual([before.closed, after.lastEventId, second.lastEventId], [true, "épée 7", "épée 7"]);
  await second.close();
});

test("a reader that goes out of scope leaves", async () => {
  const { app, opened } = streaming();
  const events = await createTestClient(app).events("/events");
  await events[Symbol.asyncDispose]();
  assert.equal(events.ended, true);
  const target = await opened();
  assert.equal(target.closed, true);
});

test("an answer that is no stream is an error that has it", async () => {
  const { app } = streaming();
  const asking = createTestClient(app).events("/elsewhere");
  await assert.rejects(asking, (error) => {
    assert.ok(error instanceof EventReadError);
    assert.deepEqual([error.code, error.response.status], ["no-stream", 404]);
    return true;
  });
});
