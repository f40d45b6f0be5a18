import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { ApplicationListenEvent } from "../../src/app/application-events.ts";
import type { Listener, ListenOptions } from "../../src/app/server.ts";
import { defer } from "../support/deferred.ts";
import { HandServer, handServer } from "../support/hand-server.ts";

/** An application with a server without a socket. It says where it was asked, and stops once it listens. */
function brieflyListening() {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer, logErrors: false });
  const listens: ApplicationListenEvent[] = [];
  let controller = new AbortController();
  app.use((ctx) => {
    ctx.response.body = [ctx.request.url.pathname, ctx.request.secure];
  });
  app.addEventListener("listen", (event) => {
    listens.push(event);
    controller.abort();
  });
  const listen = async (options: ListenOptions) => {
    controller = new AbortController();
    await app.listen({ ...options, signal: controller.signal });
  };
  return { app, servers, listens, listen };
}

test("the server gets the options as they are, and port 0 where none is said", async () => {
  const { servers, listen } = brieflyListening();
  const given: ListenOptions[] = [
    {},
    { port: 8000 },
    { hostname: "::1", port: 1, secure: true, cert: "a certificate", key: "a key", http2: false },
  ];
  for (const options of given) await listen(options);
  assert.deepEqual(
    servers.map(({ options: { signal, ...others } }) => [others, signal?.aborted]),
    given.map((options) => [{ port: 0, ...options }, true]),
  );
});

const addresses: [address: string, expected: ListenOptions][] = [
  [":8000", { port: 8000 }],
  ["127.0.0.1:8080", { hostname: "127.0.0.1", port: 8080 }],
  ["[::1]:8080", { hostname: "::1", port: 8080 }],
];

for (const [address, expected] of addresses) {
  test(`listening on "${address}" is listening on ${JSON.stringify(expected)}`, async () => {
    let options: ListenOptions | undefined;
    class Busy extends HandServer {
      override listen(): Promise<Listener> {
        options = this.options;
        return Promise.reject(new Error("busy"));
      }
    }
    const app = new Application({ serverConstructor: Busy });
    app.use(() => undefined);
    await assert.rejects(app.listen(address), { message: "busy" });
    assert.deepEqual(options, expected);
  });
}

for (const address of ["", "localhost", "8000", ":http", ":65536", "::1:80", "http://localhost:80"]) {
  test(`listening on "${address}" is refused, and no server is made`, async () => {
    const { app, servers } = brieflyListening();
    await assert.rejects(app.listen(address), {
      name: "TypeError",
      message: `Invalid address passed: "${address}"`,
    });
    assert.equal(servers.length, 0);
  });
}

test("the listen event tells where the server really listens", async () => {
  const { listens, listen } = brieflyListening();
  await listen({ hostname: "localhost", port: 0, secure: true });
  await listen({});
  assert.deepEqual(
    listens.map(({ hostname, port, secure, serverType }) => [hostname, port, secure, serverType]),
    [
      ["192.0.2.1", 4321, true, "custom"],
      ["192.0.2.1", 4321, false, "custom"],
    ],
  );
});

test("a server may say of which type it is", async () => {
  class Native extends HandServer {
    static readonly type = "native" as const;
  }
  const app = new Application({ serverConstructor: Native });
  const controller = new AbortController();
  app.use(() => undefined);
  let type: string | undefined;
  app.addEventListener("listen", ({ serverType }) => {
    type = serverType;
    controller.abort();
  });
  await app.listen({ signal: controller.signal });
  assert.equal(type, "native");
});

test("a server that can't listen rejects, and there is no event", async () => {
  const fault = new Error("port in use");
  class Busy extends HandServer {
    override listen(): Promise<Listener> {
      return Promise.reject(fault);
    }
  }
  const app = new Application({ serverConstructor: Busy });
  const events: string[] = [];
  for (const type of ["listen", "close", "error"] as const)
    app.addEventListener(type, ({ type: name }) => events.push(name));
  app.use(() => undefined);
  await assert.rejects(app.listen({ port: 1 }), (error) => error === fault);
  assert.deepEqual(events, []);
});

test("a signal that is aborted already means not to listen at all", async () => {
  const { app, servers, listens } = brieflyListening();
  let closes = 0;
  app.addEventListener("close", () => closes++);
  await app.listen({ signal: AbortSignal.abort() });
  assert.deepEqual([servers, listens, closes], [[], [], 0]);
});

test("each request that the server hands over is answered, and secure is the server's word", async () => {
  for (const secure of [true, false]) {
    const { app, servers, listen } = brieflyListening();
    const answers: Promise<Response>[] = [];
    app.addEventListener("listen", () => {
      for (const path of ["/a", "/b"]) answers.push(servers[0]?.hand(path).answer as Promise<Response>);
    });
    await listen({ secure });
    const bodies = await Promise.all(answers.map(async (answer) => (await answer).json()));
    assert.deepEqual(bodies, [
      ["/a", secure],
      ["/b", secure],
    ]);
  }
});

test("which proxies are believed may be said while the application listens", async () => {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer, logErrors: false });
  const listens = defer();
  app.addEventListener("listen", () => listens.resolve());
  app.use((ctx) => {
    ctx.response.body = ctx.request.ips;
  });
  const done = app.listen();
  await listens.promise;
  const headers = { "x-forwarded-for": "10.0.0.1" };
  const ips = async () => (await servers[0]?.hand("/", { headers }).answer)?.json();
  assert.deepEqual(await ips(), []);
  app.proxy = true;
  assert.deepEqual(await ips(), ["10.0.0.1"]);
  app.proxy = false;
  assert.deepEqual(await ips(), []);
  await app.close();
  await done;
});
