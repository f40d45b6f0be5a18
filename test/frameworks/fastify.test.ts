import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import { sendEvents } from "dodona/node";
import fastify, { type FastifyInstance } from "fastify";
import { LIMIT, OPENING, type Open, type Serve, testSendEvents } from "./send-events-contract.ts";

function makeApp(open: Open, report: (error: unknown) => void): FastifyInstance {
  const stream = new Writable({
    write(line, _encoding, done) {
      report(String(line));
      done();
    },
  });
  const app = fastify({ logger: { level: "warn", stream }, forceCloseConnections: true });
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("Access-Control-Allow-Origin", "https://page.test");
    reply.header("Set-Cookie", "first=1");
    reply.header("Set-Cookie", "second=2");
  });
  app.get("/events", (request, reply) => {
    reply.hijack();
    // Fastify keeps the headers of a reply to itself until it answers, which it now never does.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    open(request.raw, reply.raw);
  });
  app.get("/plain", async () => "plain");
  return app;
}

const serveFastify: Serve = async (open, report) => {
  const app = makeApp(open, report);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server;
};

testSendEvents("Fastify", serveFastify);

test("Fastify: inject gets the whole stream, without a socket", LIMIT, async () => {
  const app = makeApp(
    (request, response) => {
      const target = sendEvents(request, response);
      target.dispatchMessage("injected");
      void target.close();
    },
    () => undefined,
  );
  const { statusCode, headers, payload } = await app.inject("/events");
  assert.equal(statusCode, 200);
  assert.equal(headers["content-type"], "text/event-stream");
  assert.equal(payload, `${OPENING}data: injected\n\n`);
});
