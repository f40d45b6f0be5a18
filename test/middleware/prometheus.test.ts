import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Channel } from "../../src/channel/channel.ts";
import { type PrometheusOptions, prometheus } from "../../src/middleware/prometheus.ts";

/** Asks an application for its metrics after it served one stream, and refused another. */
async function scrape(options?: PrometheusOptions): Promise<Response> {
  const app = new Application({ events: { maxConnections: 1 } });
  const answer = prometheus(options);
  app.use((ctx) =>
    ctx.request.url.pathname === "/metrics" ? answer(ctx) : void ctx.sendEvents({ keepAlive: false }),
  );
  const streams = [
    await app.fetch(new Request("http://host.test/a")),
    await app.fetch(new Request("http://host.test/b")),
  ];
  const response = await app.fetch(new Request("http://host.test/metrics"));
  for (const { body } of streams) await body?.cancel();
  await app.close();
  return response;
}

test("the metrics of the application that answers are told, in the text format", async () => {
  const response = await scrape();
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const lines = (await response.text()).split("\n");
  for (const line of [
    "# TYPE dodona_streams_open gauge",
    "dodona_streams_open 1",
    "# TYPE dodona_streams_accepted_total counter",
    "dodona_streams_accepted_total 1",
    'dodona_streams_refused_total{reason="full"} 1',
    'dodona_streams_refused_total{reason="shutdown"} 0',
    "dodona_requests_active 1",
    "dodona_requests_total 2",
    "dodona_websockets_open 0",
  ]) {
    assert.ok(lines.includes(line), `${line} is not in ${lines.join("\n")}`);
  }
  assert.ok(lines.some((line) => /^dodona_streams_sent_bytes_total [1-9]\d*$/.test(line)));
});

test("those of channels are told under their names, each series once", async () => {
  const odd = new Channel('a "b"\\\n');
  const [first, second] = [new Channel("same"), new Channel("same")];
  await odd.publish("x", 1);
  await first.publish("x", 1);
  const text = await (await scrape({ channels: [odd, first, second] })).text();
  assert.ok(text.includes('\ndodona_channel_published_total{channel="a \\"b\\"\\\\\\n"} 1\n'), text);
  assert.ok(text.includes('\ndodona_channel_outcomes_total{channel="same",outcome="resumed"} 0\n'));
  assert.ok(text.includes('\ndodona_channel_broker_connected{channel="same"} 1\n'));
  assert.ok(text.includes('\ndodona_channel_broker_errors_total{channel="same"} 0\n'));
  assert.match(text, /\ndodona_channel_log_bytes\{channel="same"\} [1-9]\d*\n/);
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const names = series.map((line) => line.slice(0, line.lastIndexOf(" ")));
  assert.equal(new Set(names).size, names.length);
});

test("names are what Prometheus allows, counters end in _total, and each family has one type and one help", async () => {
  const text = await (await scrape({ channels: [new Channel("c")] })).text();
  const types = Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = "", type]) => ({
    name,
    type,
  }));
  assert.ok(types.length >= 17, String(types.length));
  for (const { name, type } of types) {
    assert.match(name, /^[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.equal(text.split(`# HELP ${name} `).length, 2);
  }
  assert.match(text, /\n$/);
});

test("another application may be told of; one without metrics tells of none", async () => {
  const app = new Application();
  const text = await (await scrape({ app })).text();
  assert.ok(text.includes("dodona_streams_accepted_total 0\n"));
  const headers = new Headers();
  const context = { app: {}, response: { body: undefined as unknown, headers } };
  prometheus()(context);
  assert.equal(context.response.body, "");
});
