import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { ask } from "../support/asking.ts";

test("use adds to the chain, several at once and while requests come", async () => {
  const app = new Application();
  const order: number[] = [];
  const step = (number: number) => (_: unknown, next: () => Promise<unknown>) => {
    order.push(number);
    return next();
  };
  assert.equal(app.use(step(1), step(2)), app);
  await ask(app);
  app.use(step(3));
  await ask(app);
  assert.deepEqual(order, [1, 2, 1, 2, 3]);
});

test("handle answers with what the middleware made of the response", async () => {
  const app = new Application();
  app.use((ctx) => {
    assert.equal(ctx.app, app);
    ctx.response.status = 201;
    ctx.response.headers.set("x-own", "1");
    ctx.response.body = `${ctx.request.method} ${ctx.request.url.pathname}`;
  });
  const response = await ask(app, "/here", { method: "PUT", body: "" });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("x-own"), "1");
  assert.equal(response.headers.get("content-type"), "text/plain; charset=UTF-8");
  assert.equal(await response.text(), "PUT /here");
});

test("nothing set is an empty 404", async () => {
  const app = new Application();
  app.use(() => "what a middleware returns is nobody's concern");
  const response = await ask(app);
  assert.equal(response.status, 404);
  assert.deepEqual([...response.headers], [["content-length", "0"]]);
  assert.equal(await response.text(), "");
});

test("handle tells the address and whether the connection is secure", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.response.body = { ip: ctx.request.ip, ips: ctx.request.ips, secure: ctx.request.secure };
  });
  const request = () => new Request("https://host.test/");
  const told = await app.handle(request(), { hostname: "192.0.2.7" }, true);
  assert.deepEqual(await told?.json(), { ip: "192.0.2.7", ips: [], secure: true });
  const untold = await app.handle(request());
  assert.deepEqual(await untold?.json(), { ip: "", ips: [], secure: false });
});

test("fetch takes the address from what Deno tells, or from Cloudflare's header", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.response.body = [ctx.request.ip, ctx.request.secure];
  });
  const request = (scheme: string) =>
    new Request(`${scheme}://host.test/`, { headers: { "cf-connecting-ip": "192.0.2.9" } });
  const deno = { remoteAddr: { transport: "tcp", hostname: "192.0.2.8", port: 1 } };
  assert.deepEqual(await (await app.fetch(request("https"), deno)).json(), ["192.0.2.8", true]);
  assert.deepEqual(await (await app.fetch(request("http"), { env: 1 })).json(), ["192.0.2.9", false]);
  assert.deepEqual(await (await app.fetch(new Request("http://host.test/"))).json(), ["", false]);
});

test("handle and fetch can be handed on without their application", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.response.body = "hello";
  });
  const { handle, fetch } = app;
  const request = new Request("http://host.test/");
  assert.equal(await (await handle(request))?.text(), "hello");
  assert.equal(await (await fetch(request)).text(), "hello");
});

test("without middleware handle, fetch and listen reject", async () => {
  const app = new Application();
  const request = new Request("http://host.test/");
  const expected = { name: "TypeError", message: "There is no middleware to process requests." };
  await assert.rejects(app.handle(request), expected);
  await assert.rejects(app.fetch(request), expected);
  await assert.rejects(app.listen(), expected);
  app.use((ctx) => {
    ctx.response.body = "now there is";
  });
  assert.equal(await (await ask(app)).text(), "now there is");
});

test("respond set to false leaves handle without an answer", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.respond = false;
    ctx.response.body = "not sent";
  });
  assert.equal(await app.handle(new Request("http://host.test/")), undefined);
});

test("respond set to false, an answer that comes later is fetch's", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.respond = false;
    queueMicrotask(() => void ctx.request.originalRequest.respond(new Response("later")));
  });
  assert.equal(await (await app.fetch(new Request("http://host.test/"))).text(), "later");
});

test("a response given to with is the answer itself", async () => {
  const app = new Application();
  const own = new Response("own", { status: 202 });
  app.use((ctx) => ctx.response.with(own));
  assert.equal(await ask(app), own);
});

test("several Set-Cookie headers survive", async () => {
  const app = new Application();
  app.use((ctx) => {
    ctx.response.headers.append("set-cookie", "a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT");
    ctx.response.headers.append("set-cookie", "b=2");
    ctx.response.body = ctx.request.url.pathname === "/flowing" ? new Blob(["flows"]).stream() : "is there";
  });
  for (const path of ["/", "/flowing"]) {
    const { headers } = await ask(app, path);
    assert.deepEqual(headers.getSetCookie(), ["a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT", "b=2"], path);
  }
});

test("many requests at once are kept apart", async () => {
  const app = new Application();
  app.use(async (ctx, next) => {
    ctx.state.path = ctx.request.url.pathname;
    await next();
    ctx.response.body = ctx.state.path;
  });
  app.use(() => new Promise((resolve) => setTimeout(resolve, 0)));
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
  const answers = await Promise.all(paths.map(async (path) => (await ask(app, path)).text()));
  assert.deepEqual(answers, paths);
});

test("what is no middleware is refused by use", () => {
  const app = new Application();
  for (const other of [null, undefined, {}, "middleware"]) {
    assert.throws(() => app.use(other as never), TypeError);
  }
});

test("an application of this room alone knows no server", async () => {
  const app = new Application();
  app.use(() => undefined);
  await assert.rejects(app.listen(), { name: "TypeError", message: /^Cannot listen: no server is known/ });
});
