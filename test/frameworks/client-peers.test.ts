import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import fastifySse from "@fastify/sse";
import { serve } from "@hono/node-server";
import { createSession } from "better-sse";
import { EventSource } from "dodona/client";
import express from "express";
import fastify from "fastify";
import { createEventStream, H3, toNodeHandler } from "h3";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { logOf } from "../support/source-log.ts";

/** Some send text as JSON. */
function plain(data: string): string {
  return data.startsWith('"') ? JSON.parse(data) : data;
}

/** What each server sends: one event more than the reader has, of a type and with an id, and then it ends. */
const EVENTS = ["first\nline", "second ✓", "third"];

/** What to send to a reader that has read up to an id. */
function after(lastEventId: string | string[] | null | undefined): { id: string; data: string } | undefined {
  const at = Number(lastEventId || 0);
  return EVENTS[at] === undefined ? undefined : { id: String(at + 1), data: EVENTS[at] };
}

function listen(handler: RequestListener): Promise<Server> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  return once(server, "listening").then(() => server);
}

const peers: Record<string, () => Promise<Server>> = {
  "better-sse": () =>
    listen(async (request, response) => {
      const event = after(request.headers["last-event-id"]);
      if (!event) return void response.writeHead(204).end();
      const session = await createSession(request, response, { retry: 1 });
      session.push(event.data, "named", event.id);
      response.end();
    }),
  Hono: async () => {
    const app = new Hono();
    app.get("/", (c) => {
      const event = after(c.req.header("last-event-id"));
      if (!event) return c.body(null, 204);
      return streamSSE(c, (stream) => stream.writeSSE({ ...event, event: "named", retry: 1 }));
    });
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    if (!server.listening) await once(server, "listening");
    return server;
  },
  h3: () => {
    const app = new H3();
    app.get("/", (event) => {
      const next = after(event.req.headers.get("last-event-id"));
      if (!next) return new Response(null, { status: 204 });
      const stream = createEventStream(event);
      void stream.push({ ...next, event: "named", retry: 1 }).then(() => stream.close());
      return stream.send();
    });
    return listen(toNodeHandler(app) as RequestListener);
  },
  "@fastify/sse": async () => {
    const app = fastify({ forceCloseConnections: true });
    await app.register(fastifySse as never);
    app.get("/", { sse: true } as never, async (request, reply) => {
      const event = after(request.headers["last-event-id"]);
      if (!event) return reply.code(204).send();
      const { sse } = reply as unknown as { sse: { send(event: object): Promise<void>; close(): void } };
      await sse.send({ ...event, event: "named", retry: 1 });
      sse.close();
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
  "Express, by hand": () => {
    const app = express();
    app.get("/", (request, response) => {
      const event = after(request.headers["last-event-id"]);
      if (!event) return void response.writeHead(204).end();
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      const data = event.data.split("\n").map((line) => `data: ${line}\r\n`);
      response.end(`retry: 1\r\nevent: named\r\nid: ${event.id}\r\n${data.join("")}\r\n`);
    });
    return listen(app as unknown as RequestListener);
  },
};

for (const [name, start] of Object.entries(peers)) {
  test(`${name}: each event once, over as many connections, until a 204 ends it`, {
    timeout: 20_000,
  }, async () => {
    const server = await start();
    const { port } = server.address() as AddressInfo;
    const source = new EventSource(`http://127.0.0.1:${port}/`);
    const log = logOf(source, "named");
    await log.until("error status 2");
    assert.deepEqual(
      log.messages.map(({ data, lastEventId, type }) => ({ data: plain(data), lastEventId, type })),
      EVENTS.map((data, at) => ({ data, lastEventId: String(at + 1), type: "named" })),
    );
    assert.deepEqual(log.lines.filter((line) => !line.startsWith("named")).slice(0, 3), [
      "open",
      "error ended 0",
      "open",
    ]);
    server.closeAllConnections();
    server.close();
  });
}
