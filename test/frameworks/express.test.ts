import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import type { ServerSentEventStreamTarget } from "dodona/sse";
import express from "express";
import { eventually } from "../support/serving.ts";
import {
  bodyOf,
  flood,
  LIMIT,
  OPENING,
  reasonOf,
  type Serve,
  stage,
  testSendEvents,
} from "./send-events-contract.ts";

const serveExpress =
  (wrap?: (response: ServerResponse) => void): Serve =>
  (open, report) => {
    const app = express();
    app.use((_request, response, next) => {
      wrap?.(response);
      response.setHeader("Access-Control-Allow-Origin", "https://page.test");
      response.cookie("first", "1");
      response.cookie("second", "2");
      next();
    });
    app.get("/events", open);
    app.get("/plain", (_request, response) => response.send("plain"));
    app.use((error: unknown, _request: unknown, response: ServerResponse, _next: unknown) => {
      report(error);
      response.destroy();
    });
    return app.listen(0, "127.0.0.1");
  };

testSendEvents("Express", serveExpress());

/** Stands between a handler and the response as compression does: by methods of its own. */
class Between {
  text = "";
  ends = 0;

  wrap(response: ServerResponse): void {
    const { write, end } = response;
    response.write = (...args: unknown[]) => {
      this.#take(args[0]);
      return Reflect.apply(write, response, args);
    };
    response.end = (...args: unknown[]) => {
      this.#take(args[0]);
      this.ends++;
      return Reflect.apply(end, response, args);
    };
  }

  #take(chunk: unknown): void {
    if (typeof chunk === "string") this.text += chunk;
    else if (chunk instanceof Uint8Array) this.text += new TextDecoder().decode(chunk);
  }
}

test("Express: a middleware that replaces write and end gets every byte, once", LIMIT, async (t) => {
  const between = new Between();
  const { get, targets, assertSilent } = await stage(
    t,
    serveExpress((response) => between.wrap(response)),
  );
  const client = await get("/events");
  await client.until(OPENING);
  for (let count = 0; count < 20; count++) targets[0]?.dispatchMessage(count);
  await client.until("data: 19\n\n");
  await targets[0]?.close();
  await client.until("0\r\n\r\n");
  assert.equal(
    bodyOf(client).length,
    OPENING.length + 10 * "data: 0\n\n".length + 10 * "data: 10\n\n".length,
  );
  assert.equal(between.text, bodyOf(client));
  assert.equal(between.ends, 1);
  assertSilent();
});

test("Express: behind such a middleware, leaving and not reading are noticed too", LIMIT, async (t) => {
  const between = new Between();
  const serve = serveExpress((response) => between.wrap(response));
  const { get, targets, assertSilent } = await stage(t, serve, { maxBufferedBytes: 131_072 });
  const client = await get("/events");
  await client.until(OPENING);
  client.destroy();
  await eventually(() => targets[0]?.closed === true);
  assert.equal(reasonOf(targets[0]), "disconnect");
  const deaf = await get("/events");
  await deaf.until(OPENING);
  deaf.pause();
  await flood(targets[1] as ServerSentEventStreamTarget);
  assert.equal(reasonOf(targets[1]), "overflow");
  assertSilent();
});
