import assert from "node:assert/strict";
import { test } from "node:test";
import { InFlight } from "../../src/app/in-flight.ts";
import { Listening } from "../../src/app/listening.ts";
import type { Listener, Server } from "../../src/app/server.ts";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { BareRequest } from "../support/bare-request.ts";

const listener: Listener = { addr: { hostname: "192.0.2.1", port: 1 } };

/** A server that notes what is asked of it. */
class NotingServer implements Server {
  readonly calls: string[] = [];
  readonly closing: Promise<void>;

  constructor(closing: Promise<void> = Promise.resolve()) {
    this.closing = closing;
  }

  listen(): Listener {
    this.calls.push("listen");
    return listener;
  }

  close(): Promise<void> {
    this.calls.push("close");
    return this.closing;
  }

  abort(): void {
    this.calls.push("abort");
  }
}

const never = new Promise<void>(() => undefined);
const noHandler = async () => undefined;
const unexpected = (error: unknown) => assert.fail(String(error));

test("it ends when its signal is aborted, or is already, or when it is told to stop", async () => {
  for (const end of ["abort", "aborted", "stop"]) {
    const server = new NotingServer();
    const controller = new AbortController();
    if (end === "aborted") controller.abort();
    const listening = new Listening(server, new InFlight(), noHandler);
    assert.equal(await listening.start(), listener);
    const ended = listening.ended(controller.signal, unexpected);
    if (end === "abort") controller.abort();
    const stopped = end === "stop" ? listening.stop() : undefined;
    await ended;
    await listening.end();
    await stopped;
    assert.deepEqual(server.calls, ["listen", "close"]);
  }
});

test("what does not end in time is cut off", async () => {
  const server = new NotingServer(never);
  const listening = new Listening(server, new InFlight(), noHandler);
  await listening.start();
  await listening.end(1);
  assert.deepEqual(server.calls, ["listen", "close", "abort"]);
});

test("so is a handler that never returns: the end does not wait for it", async () => {
  const server = new NotingServer();
  const inFlight = new InFlight();
  inFlight.begin();
  const listening = new Listening(server, inFlight, noHandler);
  await listening.start();
  await listening.end(0);
  assert.deepEqual(server.calls, ["listen", "close", "abort"]);
});

test("however many streams there are, they are told to come back well before the end", async () => {
  const inFlight = new InFlight();
  const limits: (number | undefined)[] = [];
  inFlight.drain = async (limitMs) => void limits.push(limitMs);
  const listening = new Listening(new NotingServer(), inFlight, noHandler);
  await listening.start();
  await listening.end(1000);
  assert.deepEqual(limits, [500]);
});

test("who waits for one that could not start is not left waiting", async () => {
  const server = new NotingServer();
  server.listen = () => {
    throw new Error("in use");
  };
  const listening = new Listening(server, new InFlight(), noHandler);
  await assert.rejects(listening.start(), { message: "in use" });
  await listening.stop();
});

test("a server that gives its requests one after another is read to its end", async () => {
  const requests = [new BareRequest("/1"), new BareRequest("/2")];
  const handled: ServerRequest[] = [];
  const server = Object.assign(new NotingServer(), {
    async *[Symbol.asyncIterator]() {
      yield* requests;
    },
  });
  const listening = new Listening(server, new InFlight(), async (request) => void handled.push(request));
  await listening.start();
  await listening.ended(undefined, unexpected);
  assert.deepEqual(handled, requests);
});

test("what such a server throws is told, and ends it", async () => {
  const errors: unknown[] = [];
  const server = Object.assign(new NotingServer(), {
    // biome-ignore lint/correctness/useYield: it fails before it has anything
    async *[Symbol.asyncIterator](): AsyncGenerator<ServerRequest> {
      throw new Error("broken");
    },
  });
  const listening = new Listening(server, new InFlight(), noHandler);
  await listening.start();
  await listening.ended(undefined, (error) => errors.push(error));
  assert.deepEqual(errors.map(String), ["Error: broken"]);
});
