import assert from "node:assert/strict";
import { test } from "node:test";
import { RawEvents } from "../support/raw-events.ts";
import { startExample } from "./example-process.ts";

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the prices on ${runtime} come all at once, then as they change, and after a drop the newest of each`, async (t) => {
    const example = startExample("examples/channel-prices.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [address, port = ""] = await example.printed(/http:\S+:(\d+)\/prices/);
    const set = async (json: unknown) => {
      const response = await fetch(address, { method: "POST", body: JSON.stringify(json) });
      await response.text();
      return response.status;
    };
    const open = (path: string, lastEventId = "") => RawEvents.open(Number(port), path, { lastEventId });
    const has = (reader: RawEvents, symbol: string, cents: number) =>
      reader.data("price").includes(JSON.stringify({ symbol, cents }));

    const reader = await open("/prices");
    await reader.until(() => reader.data("prices").length === 1);
    assert.deepEqual(
      JSON.parse(reader.data("prices")[0] ?? "").map(({ symbol }: { symbol: string }) => symbol),
      ["ASH", "ELM", "OAK"],
    );
    const filtered = await open("/prices?symbol=ELM");
    await filtered.until(() => filtered.lastEventId !== "");
    assert.equal(await set({ symbol: "OAK", cents: 1_000_001 }), 204);
    assert.equal(await set({ symbol: "ELM", cents: 1_000_002 }), 204);
    await reader.until(() => has(reader, "OAK", 1_000_001) && has(reader, "ELM", 1_000_002));
    await filtered.until(() => has(filtered, "ELM", 1_000_002));
    assert.ok(filtered.data("price").every((data) => JSON.parse(data).symbol === "ELM"));
    reader.destroy();
    filtered.destroy();

    // Further apart than the prices move by themselves.
    for (let cents = 2_000_000; cents <= 2_005_000; cents += 1000) await set({ symbol: "OAK", cents });
    await set({ symbol: "ASH", cents: 3_000_000 });
    const again = await open("/prices", reader.lastEventId);
    await again.until(() => has(again, "ASH", 3_000_000));
    assert.equal(again.data("prices").length, 0, "who resumes needs no snapshot");
    assert.ok(again.data("price").every((data) => !/"OAK","cents":200[0-4]000/.test(data)));
    again.destroy();

    const refused = await Promise.all(
      [null, 1, { symbol: "FIR", cents: 1 }, { symbol: "OAK", cents: 0 }, { symbol: "OAK", cents: 1.5 }].map(
        set,
      ),
    );
    assert.deepEqual(refused, [422, 422, 422, 422, 422]);
    assert.equal(await example.end("SIGTERM"), 0);
  });
}
