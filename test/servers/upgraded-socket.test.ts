import assert from "node:assert/strict";
import { test } from "node:test";
import type { UpgradeOptions } from "../../src/app/server-request.ts";
import { type SocketObserver, UpgradedSocket } from "../../src/servers/upgraded-socket.ts";
import { eventually } from "../support/eventually.ts";

/** A socket over a wire that notes what it is told. */
function wired(options: UpgradeOptions = { idleTimeout: 0 }) {
  const told: unknown[] = [];
  const state = { bufferedBytes: 0 };
  let observer: SocketObserver | undefined;
  const socket = new UpgradedSocket(options, (own) => {
    observer = own;
    return {
      get bufferedBytes() {
        return state.bufferedBytes;
      },
      send: (data) => told.push(data),
      ping: () => told.push("ping"),
      close: (code, reason) => told.push(["close", code, reason]),
      terminate: () => told.push("terminate"),
    };
  });
  assert.ok(observer !== undefined);
  return { socket, observer, told, state };
}

async function opened(options?: UpgradeOptions) {
  const all = wired(options);
  await eventually(() => all.socket.readyState === 1);
  return all;
}

test("it has the face of the web's", () => {
  const { socket } = wired({ protocol: "chat", idleTimeout: 0 });
  assert.deepEqual(
    [UpgradedSocket.CONNECTING, UpgradedSocket.OPEN, UpgradedSocket.CLOSING, UpgradedSocket.CLOSED],
    [socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED],
  );
  assert.deepEqual(
    [socket.protocol, socket.url, socket.extensions, socket.bufferedAmount],
    ["chat", "", "", 0],
  );
  socket.binaryType = "nonsense" as BinaryType;
  assert.equal(socket.binaryType, "blob");
  for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
    assert.equal(socket[name], null);
    const handler = () => undefined;
    socket[name] = handler;
    assert.equal(socket[name], handler);
    socket[name] = "nonsense" as unknown as null;
    assert.equal(socket[name], null);
  }
});

test("a handler is called in its place among the listeners, with the socket as this", async () => {
  const { socket, observer } = await opened();
  const order: unknown[] = [];
  socket.addEventListener("message", () => order.push("first"));
  socket.onmessage = () => order.push("replaced");
  socket.addEventListener("message", () => order.push("last"));
  socket.onmessage = function (event) {
    order.push(this === socket, event.data);
  };
  observer.message("hi");
  assert.deepEqual(order, ["first", true, "hi", "last"]);
});

test("what the wire tells early comes after the open", async () => {
  const { socket, observer } = wired();
  const events: string[] = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, () => events.push(type));
  }
  observer.message("early");
  observer.failed(new Error("failure"));
  observer.closed(1006, "");
  assert.deepEqual(events, []);
  await eventually(() => socket.readyState === 3);
  assert.deepEqual(events, ["open", "message", "error", "close"]);
  observer.closed(1000, "again");
  observer.failed(new Error("too late"));
  assert.equal(events.length, 4);
});

test("closed before it opens, it never does", async () => {
  const { socket, observer, told } = wired();
  const events: string[] = [];
  socket.onopen = () => events.push("open");
  socket.onclose = () => events.push("close");
  socket.close();
  assert.equal(socket.readyState, 2);
  observer.closed(1005, "");
  await eventually(() => events.length > 0);
  assert.deepEqual(events, ["close"]);
  assert.deepEqual(told, [["close", undefined, ""]]);
});

test("a code that is nobody's to say, and a reason that is too long, throw", async () => {
  const { socket, told } = await opened();
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN]) {
    assert.throws(() => socket.close(code), { name: "InvalidAccessError" }, String(code));
  }
  assert.throws(() => socket.close(1000, "ü".repeat(62)), { name: "SyntaxError" });
  assert.equal(socket.readyState, 1);
  socket.close(undefined, "a reason alone");
  socket.close(3000, "again");
  assert.deepEqual(told, [["close", 1000, "a reason alone"]]);
});

test("the bytes are those of the moment, and anything else is text", async () => {
  const { socket, told } = await opened();
  const bytes = new Uint8Array([1, 2, 3]);
  socket.send(bytes);
  socket.send(bytes.subarray(1, 2));
  socket.send(bytes.buffer);
  bytes.fill(9);
  socket.send(7 as unknown as string);
  assert.deepEqual(told, [new Uint8Array([1, 2, 3]), new Uint8Array([2]), new Uint8Array([1, 2, 3]), "7"]);
});

test("a blob holds its place, counts until it is sent, and the goodbye waits for it", async () => {
  const { socket, told } = await opened();
  socket.send(new Blob(["abc"]));
  socket.send("behind it");
  socket.close(1000);
  assert.equal(socket.bufferedAmount, 3);
  await eventually(() => told.length === 3);
  assert.deepEqual(told, [new TextEncoder().encode("abc"), "behind it", ["close", 1000, ""]]);
  assert.equal(socket.bufferedAmount, 0);
});

test("a blob that can't be read ends the connection with an error", async () => {
  const { socket, told } = await opened();
  let failed: unknown;
  socket.onerror = (event) => {
    failed = (event as ErrorEvent).error;
  };
  const broken = new Blob(["abc"]);
  broken.arrayBuffer = () => Promise.reject(new Error("the file is gone"));
  socket.send(broken);
  await eventually(() => told.length > 0);
  assert.deepEqual(told, ["terminate"]);
  assert.match(String(failed), /the file is gone/);
});

test("who sends on and on to a peer that reads nothing loses the connection", async () => {
  const { socket, told, state } = await opened();
  let errors = 0;
  socket.onerror = () => errors++;
  state.bufferedBytes = 64 * 1024 * 1024;
  socket.send("still taken");
  state.bufferedBytes++;
  socket.send("too much");
  assert.deepEqual([told, errors], [["still taken", "terminate"], 1]);
});

test("once it closes nothing is sent, and nothing is received", async () => {
  const { socket, observer, told } = await opened();
  let messages = 0;
  socket.onmessage = () => messages++;
  socket.close();
  socket.send("lost");
  observer.message("late");
  assert.deepEqual([told.length, messages], [1, 0]);
});
