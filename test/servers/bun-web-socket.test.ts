import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type BunConnection,
  type BunServerWebSocket,
  bunWebSockets,
  connectBunSocket,
} from "../../src/servers/bun-web-socket.ts";
import { eventually } from "../support/eventually.ts";

/** A socket as Bun's server has it, which tells its end from within `close`, as Bun's does. */
function bunSocket(data: BunConnection) {
  const calls: unknown[] = [];
  const own: BunServerWebSocket = {
    data,
    getBufferedAmount: () => 5,
    sendText: (text) => calls.push(text),
    sendBinary: (bytes) => calls.push(bytes),
    ping: () => calls.push("ping"),
    close(code = 1005, reason = "") {
      calls.push("close");
      bunWebSockets.close(own, code, reason);
    },
    terminate: () => bunWebSockets.close(own, 1006, ""),
  };
  return { own, calls };
}

test("what Bun tells arrives, and what is said reaches Bun", async () => {
  let calls: unknown[] = [];
  let own: BunServerWebSocket | undefined;
  const socket = connectBunSocket({ idleTimeout: 0 }, (connection) => {
    ({ own, calls } = bunSocket(connection));
    bunWebSockets.open(own);
    return true;
  });
  assert.ok(own !== undefined);
  const events: unknown[] = [];
  socket.onmessage = ({ data }) => events.push(data);
  socket.onclose = ({ code, wasClean }) => events.push(code, wasClean);
  bunWebSockets.message(own, "early");
  await eventually(() => events.length === 1);
  bunWebSockets.pong(own);
  socket.send("text");
  socket.send(new Uint8Array([1]));
  assert.deepEqual(calls, ["text", new Uint8Array([1])]);
  assert.equal(socket.bufferedAmount, 5);
  socket.close(3000);
  assert.deepEqual([socket.readyState, events.length], [2, 1], "its end is told later");
  await eventually(() => socket.readyState === 3);
  assert.deepEqual(events, ["early", 3000, true]);
});

test("a request that Bun does not upgrade is a TypeError", () => {
  assert.throws(() => connectBunSocket({}, () => false), TypeError);
});
