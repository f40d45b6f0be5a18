import { test } from "node:test";
import { BunSink } from "../../src/servers/bun-sink.ts";
import { byteSinkContract } from "../../src/testing/byte-sink-contract.ts";
import { RawClient } from "../support/raw-client.ts";

/** The slice of Bun that is used here. */
declare const Bun: {
  serve(options: { port: number; hostname: string; fetch(request: Request): Response }): {
    port: number;
    stop(now: boolean): Promise<void>;
  };
};

if ("Bun" in globalThis) {
  const checks = byteSinkContract(async () => {
    const sink = new BunSink();
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(sink.body) });
    const client = await RawClient.get(server.port, "/", ["Connection: close"], "1.0");
    await new Promise((resolve) => setTimeout(resolve, 1));
    void server.stop(false);
    return {
      sink,
      reader: {
        text: () => client.text.slice(client.head.length + 4),
        pause: () => client.pause(),
        resume: () => client.resume(),
        leave: () => client.destroy(),
        ended: () => client.socket.readableEnded || client.socket.destroyed,
      },
    };
  });
  for (const { name, run } of checks) test(`BunSink: ${name}`, run);
} else {
  test("BunSink", { skip: "it writes to Bun's own streams" }, () => undefined);
}
