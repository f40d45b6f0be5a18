import assert from "node:assert/strict";
import { test } from "node:test";
import { RawEvents } from "../support/raw-events.ts";
import { startExample } from "./example-process.ts";

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the rooms on ${runtime} let in who may enter, say who is there, and show out who may no longer`, async (t) => {
    const example = startExample("examples/channel-rooms.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [, origin = "", port = ""] = await example.printed(/(http:\S+:(\d+))\/events/);

    const ask = async (method: string, path: string, cookie = "", body?: string) => {
      const headers = { cookie, "content-type": "application/x-www-form-urlencoded" };
      const response = await fetch(`${origin}${path}`, { method, headers, body: body ?? null });
      await response.text();
      return response;
    };
    const logIn = async (name: string) => {
      const response = await ask("POST", "/login", "", `name=${name}`);
      assert.equal(response.status, 204);
      return response.headers
        .getSetCookie()
        .map((line) => line.split(";")[0])
        .join("; ");
    };
    const open = (cookie: string, query: string, lastEventId = "") =>
      RawEvents.open(Number(port), `/events?${query}`, { headers: [`Cookie: ${cookie}`], lastEventId });
    const said = (reader: RawEvents) => reader.data("said").map((data) => JSON.parse(data));
    const here = (reader: RawEvents) => reader.data("here").at(-1);

    const [ada, bob] = [await logIn("ada"), await logIn("bob")];
    assert.equal((await ask("POST", "/login", "", "name=%0A")).status, 422);
    assert.equal((await ask("GET", "/events?room=hall")).status, 403);
    assert.equal(
      (await ask("GET", "/events?room=hall", "name=ada")).status,
      403,
      "a cookie of one's own making",
    );
    assert.equal((await ask("GET", "/events?room=hall&room=lawn", ada)).status, 403);
    assert.equal((await ask("GET", "/events?room=cellar", ada)).status, 404);
    assert.equal((await ask("GET", "/events", ada)).status, 400);
    assert.equal((await ask("PUT", "/rooms/lawn/members/ada")).status, 204);

    const first = await open(ada, "room=hall&room=lawn");
    await first.until(() => first.data("here").length >= 2);
    const second = await open(bob, "room=hall");
    await first.until(() => here(first) === '{"room":"hall","names":["ada","bob"]}');
    assert.equal((await ask("POST", "/rooms/hall", bob, "Good morning")).status, 204);
    assert.equal((await ask("POST", "/rooms/lawn", bob, "May I?")).status, 403);
    assert.equal((await ask("POST", "/rooms/lawn", ada, "Alone here")).status, 204);
    await first.until(() => said(first).length === 2);
    await second.until(() => said(second).length === 1);
    assert.deepEqual(said(first), [
      { room: "hall", by: "bob", text: "Good morning" },
      { room: "lawn", by: "ada", text: "Alone here" },
    ]);

    second.destroy();
    await first.until(() => here(first) === '{"room":"hall","names":["ada"]}');
    assert.equal((await ask("POST", "/rooms/hall", ada, "While bob is away")).status, 204);
    const back = await open(bob, "room=hall", second.lastEventId);
    await back.until(() => said(back).length === 1);
    assert.equal(said(back)[0].text, "While bob is away");
    const thief = await open(bob, "room=hall", first.lastEventId);
    await thief.until(() => thief.data("reset").length === 1);
    assert.deepEqual(said(thief), [], "the id of another opens nothing");

    assert.equal((await ask("DELETE", "/rooms/lawn/members/ada")).status, 204);
    await first.client.closed;
    assert.equal((await ask("GET", "/events?room=hall&room=lawn", ada)).status, 403);
    for (const reader of [back, thief]) reader.destroy();
    assert.equal(await example.end("SIGTERM"), 0);
  });
}
