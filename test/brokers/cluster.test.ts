import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertSameRecords, primed, RoamingPublisher, RoamingReader, startNode } from "../support/cluster.ts";
import { ClusterProxy } from "../support/cluster-proxy.ts";
import { type LocalProgram, skipWithout } from "../support/local-program.ts";
import { openNatsNode } from "../support/nats-nodes.ts";
import { startNats } from "../support/nats-server.ts";
import { openRedisNode } from "../support/redis-nodes.ts";
import { startRedis } from "../support/redis-server.ts";

/** What the readers are spread over, and how many of them there are: a hundred to each node. */
const NODES = 3;
const READERS = 300;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

for (const [kind, start, trim] of [
  [
    "redis",
    () => startRedis({ persistent: true }),
    async (port: number) => {
      const node = await openRedisNode("redis", port);
      const keys = (await node.command("KEYS", "*words*")) as string[];
      for (const key of keys) {
        if ((await node.command("TYPE", key)) === "stream") await node.command("XTRIM", key, "MAXLEN", "5");
      }
      await node.close();
    },
  ],
  [
    "nats",
    startNats,
    async (port: number) => {
      const node = await openNatsNode(port);
      await node.clients.manager.streams.purge("DODONA", { keep: 5 });
      await node.close();
    },
  ],
] as const) {
  const skip = skipWithout(`${kind}-server`);
  let server: LocalProgram;
  let proxy: ClusterProxy;
  before(async () => {
    if (skip) return;
    server = await start();
    proxy = await ClusterProxy.to(server.port);
  });
  after(async () => {
    if (skip) return;
    await proxy.close();
    await server.stop();
  });

  test(`${kind}: whatever becomes of nodes and broker, each of ${READERS} readers gets all, once, in order`, {
    skip,
  }, async (t) => {
    const nodes = await Promise.all(Array.from({ length: NODES }, () => startNode(t, kind, proxy.port)));
    const readers = Array.from({ length: READERS }, (_, at) => new RoamingReader(nodes, at));
    t.after(() => {
      for (const reader of readers) reader.leave();
    });
    await primed(readers);
    const publishers = ["a", "b", "c"].map((name) => new RoamingPublisher(nodes, name));
    for (const publisher of publishers) publisher.start();
    const words = () => publishers.reduce((sum, { published }) => sum + published, 0);
    const more = async (count: number) => {
      const until = words() + count;
      while (words() < until) await pause(10);
    };

    await more(60);
    await nodes[0]?.kill();
    await more(60);
    // Those who wait for the broker are answered when it is back.
    await server.whilePaused(() => pause(500));
    await more(60);
    proxy.cut();
    await pause(500);
    proxy.restore();
    await more(60);
    await server.kill("SIGTERM");
    await pause(200);
    await server.restart();
    await more(60);

    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await assertSameRecords(readers, publishers);
  });

  test(`${kind}: a stream that is trimmed under a slow reader is told as a gap, and goes on`, {
    skip,
  }, async (t) => {
    const node = await startNode(t, kind, server.port, "10");
    const fast = new RoamingReader([node], 0);
    const gone = new RoamingReader([node], 0);
    t.after(() => fast.leave());
    await primed([fast, gone]);
    gone.leave();
    const publisher = new RoamingPublisher([node], "t");
    publisher.start(0);
    while (publisher.published < 100) await pause(5);
    await publisher.stop();
    await trim(server.port);
    const back = new RoamingReader([node], 0, gone.lastEventId);
    t.after(() => back.leave());
    const last = `t${publisher.published}`;
    while (back.record.at(-1) !== last || fast.record.at(-1) !== last) await pause(5);
    const [notice, ...rest] = back.record;
    assert.equal(notice, "[gap]");
    assert.ok(rest.length >= 5 && rest.length < 100, `${rest.length} events after the gap`);
    assert.deepEqual(rest, fast.record.slice(-rest.length));
  });
}
