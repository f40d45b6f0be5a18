import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { directSocket, NodeSink } from "../../src/servers/node-sink.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw-client.ts";
import { runtime } from "../support/runtime-server.ts";

const skip = runtime === "node" ? false : "it is Node's own sockets that it looks at";

test("progress shows what the socket has taken of one large write, before all of it is taken", {
  skip,
}, async () => {
  const sinks: NodeSink[] = [];
  const server = createServer((_request, response) => {
    const socket = directSocket(response);
    response.flushHeaders();
    const sink = new NodeSink(socket ?? response, response, true);
    sink.open({ drained: () => undefined, closed: () => undefined }, 1024);
    sinks.push(sink);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = await RawClient.get((server.address() as AddressInfo).port, "/");
  await eventually(() => sinks.length === 1);
  const sink = sinks[0] as NodeSink;
  client.pause();
  sink.write(new Uint8Array(32 * 1024 * 1024));
  const unread = sink.bufferedBytes;
  // The system takes what its buffers hold, and then nothing more.
  let before: number | undefined;
  for (let same = 0; same < 20; same = before === sink.progress ? same + 1 : 0) {
    before = sink.progress;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const stuck = sink.progress;
  sink.write(new Uint8Array(1000));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(sink.progress, stuck, "what is written is no progress");
  client.socket.once("data", () => client.pause());
  client.resume();
  await eventually(() => {
    if (sink.progress === stuck) client.resume();
    return sink.progress !== stuck;
  });
  assert.ok(sink.bufferedBytes >= unread, "and yet none of the write is through");
  client.destroy();
  server.close();
});
