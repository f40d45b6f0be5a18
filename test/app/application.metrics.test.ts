import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { defer } from "../support/deferred.ts";
import { type HandServer, handServer } from "../support/hand-server.ts";

const NOTHING = {
  requests: { active: 0, handled: 0 },
  streams: {
    open: 0,
    accepted: 0,
    refused: { full: 0, shutdown: 0, application: 0, gone: 0 },
    closed: {},
    sentBytes: 0,
  },
  sockets: { open: 0 },
};

test("an application that has done nothing has counted nothing", () => {
  assert.deepEqual(new Application().metrics, NOTHING);
});

test("requests are counted while they are under way, when they are through, and when they fail", async () => {
  const app = new Application({ logErrors: false });
  const work = defer();
  app.use(async (ctx) => {
    if (ctx.request.url.pathname === "/fails") throw new Error("failed");
    if (ctx.request.url.pathname === "/slow") await work.promise;
    ctx.response.body = "done";
  });
  const ask = (path: string) => app.fetch(new Request(`http://host.test${path}`));
  await Promise.all([ask("/"), ask("/fails")]);
  const slow = ask("/slow");
  await ask("/");
  assert.deepEqual(app.metrics.requests, { active: 1, handled: 3 });
  work.resolve();
  await slow;
  assert.deepEqual(app.metrics.requests, { active: 0, handled: 4 });
});

test("what a listener counted is still there when it has ended, and after it listens again", async () => {
  const { HandServer: Kept, servers } = handServer();
  const app = new Application({ serverConstructor: Kept });
  app.use((ctx) => void ctx.sendEvents({ keepAlive: false }));
  for (let round = 1; round <= 2; round++) {
    const listens = new Promise((resolve) => app.addEventListener("listen", resolve, { once: true }));
    const done = app.listen();
    await listens;
    const stream = await (servers.at(-1) as HandServer).hand("/").answer;
    assert.equal(app.metrics.streams.open, 1);
    await Promise.all([app.close(), stream.text(), done]);
    const { requests, streams } = app.metrics;
    assert.deepEqual(requests, { active: 0, handled: round });
    assert.deepEqual([streams.open, streams.accepted, streams.closed], [0, round, { shutdown: round }]);
  }
});

test("a limit of streams holds for fetch too", async () => {
  const app = new Application({ events: { maxConnections: 1, keepAlive: false } });
  app.use((ctx) => void ctx.sendEvents());
  const ask = () => app.fetch(new Request("http://host.test/"));
  const [first, second] = [await ask(), await ask()];
  assert.match(await second.text(), /^:[^\n]*\nretry: \d+\n$/);
  assert.deepEqual([app.metrics.streams.open, app.metrics.streams.refused.full], [1, 1]);
  await first.body?.cancel();
  const third = await ask();
  assert.equal(app.metrics.streams.refused.full, 1);
  await third.body?.cancel();
});
