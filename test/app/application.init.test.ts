import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { Next } from "../../src/app/compose.ts";
import { Router } from "../../src/app/router.ts";
import { ask } from "../support/asking.ts";
import { handServer } from "../support/hand-server.ts";

/** A middleware object that notes its calls under its name. */
class Noting {
  readonly #name: string;
  readonly #log: string[];

  constructor(name: string, log: string[]) {
    this.#name = name;
    this.#log = log;
  }

  async init(): Promise<void> {
    await Promise.resolve();
    this.#log.push(`init ${this.#name}`);
  }

  handleRequest(_: unknown, next: Next): Promise<unknown> {
    this.#log.push(`handle ${this.#name}`);
    return next();
  }
}

test("init is awaited in order before the first request, and called once", async () => {
  for (const way of ["handle", "fetch"] as const) {
    const app = new Application();
    const log: string[] = [];
    app.use(new Noting("a", log), (_, next) => next(), new Noting("b", log));
    const request = () => new Request("http://host.test/");
    await Promise.all([app[way](request()), app[way](request())]);
    await app[way](request());
    const handled = ["handle a", "handle b"];
    assert.deepEqual(log, ["init a", "init b", ...handled, ...handled, ...handled], way);
  }
});

test("init is through before there is a server", async () => {
  const { HandServer, servers } = handServer();
  const app = new Application({ serverConstructor: HandServer });
  const controller = new AbortController();
  let serversThen: number | undefined;
  app.use({
    async init() {
      await Promise.resolve();
      serversThen = servers.length;
    },
    handleRequest: () => undefined,
  });
  app.addEventListener("listen", () => controller.abort());
  await app.listen({ signal: controller.signal });
  assert.deepEqual([serversThen, servers.length], [0, 1]);
});

test("what init throws rejects whoever waits for it", async () => {
  const app = new Application();
  app.use({
    init() {
      throw new Error("no database");
    },
    handleRequest: () => undefined,
  });
  const request = new Request("http://host.test/");
  await assert.rejects(app.handle(request), { message: "no database" });
  await assert.rejects(app.fetch(request), { message: "no database" });
  await assert.rejects(app.listen(), { message: "no database" });
});

test("a middleware that comes later is initialised then", async () => {
  const app = new Application();
  const log: string[] = [];
  app.use((_, next) => next());
  await ask(app);
  app.use(new Noting("late", log));
  await ask(app);
  assert.deepEqual(log, ["init late", "handle late"]);
});

test("one that comes later does not initialise those before it again", async () => {
  const app = new Application();
  const log: string[] = [];
  app.use(new Noting("early", log));
  await ask(app);
  app.use(new Noting("late", log));
  await ask(app);
  assert.deepEqual(
    log.filter((entry) => entry.startsWith("init")),
    ["init early", "init late"],
  );
});

test("middleware objects inside a router are initialized too", async () => {
  const order: string[] = [];
  const object = {
    init: () => void order.push("init"),
    handleRequest: () => void order.push("handled"),
  };
  const app = new Application();
  app.use(new Router().get("/", object).routes());
  await ask(app);
  await ask(app);
  assert.deepEqual(order, ["init", "handled", "handled"]);
});
