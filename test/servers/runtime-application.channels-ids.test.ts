import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { LossNotice } from "../../src/channel/resume.ts";
import { RawEvents } from "../support/raw-events.ts";
import { type ServedChannels, serveChannels } from "../support/serve-channels.ts";

/** Asks with `id`, publishes an event of the type `live`, and gives all that has come when it has. */
async function come(
  served: ServedChannels,
  channel: Channel,
  id: string,
  { user, inQuery = false }: { user?: string; inQuery?: boolean } = {},
): Promise<RawEvents> {
  const before = served.subscriptions.length;
  const headers = user === undefined ? [] : [`X-User: ${user}`];
  const path = `/${channel.name}${inQuery ? `?lastEventId=${encodeURIComponent(id)}` : ""}`;
  const reader = await RawEvents.open(
    served.port,
    path,
    inQuery ? { headers } : { headers, lastEventId: id },
  );
  await served.subscriptions[before]?.ready;
  await channel.publish("live", id.slice(0, 20));
  await reader.until(() => reader.data("live").length > 0);
  reader.destroy();
  return reader;
}

function reasonsOf(reader: RawEvents, type: "gap" | "reset"): string[] {
  return reader.data(type).map((data) => (JSON.parse(data) as LossNotice).reason);
}

/** The parts of an id of one position. */
function partsOf(id: string): { place: string; offset: string; start: string; proof: string } {
  const [place = "", offset = "", start = "", proof = ""] = id.split(".");
  return { place, offset, start, proof };
}

test("an id that no channel can have written is a reset: never an error, and the stream goes on", async (t) => {
  const channel = new Channel("public");
  const other = new Channel("other");
  await other.publish("secret", "not yours");
  const served = await serveChannels(t, [channel, other]);
  const id = await channel.publish("number", "1");
  const { place } = partsOf(id);
  const bad = [
    "0",
    "42",
    "nonsense",
    ".",
    "~",
    `${id}~`,
    `~${id}`,
    `${id}.`,
    `${id}.1`,
    `${id}.1.`,
    `${id}.1.p.1`,
    `${place}.`,
    `${place}.-1`,
    `${place}.1.5`,
    `${place}.01`,
    `${place}.NaN`,
    `${place}.1e9`,
    `${place}.zzzzzzzzzzzz`,
    `${place}.${"z".repeat(11)}`,
    `${place}.1 `.repeat(2),
    `${place}é.1`,
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "<script>.1",
    "%00",
    "a".repeat(6000),
    Array.from({ length: 65 }, () => id).join("~"),
    "~".repeat(500),
    ".".repeat(500),
  ];
  for (const text of bad) {
    for (const inQuery of [false, true]) {
      const reader = await come(served, channel, text, { inQuery });
      assert.deepEqual(reasonsOf(reader, "reset"), ["unknown"], JSON.stringify(text));
      assert.deepEqual(reader.data("secret"), []);
    }
  }
  assert.deepEqual(served.errors, []);
});

test("an id above the head, or of another epoch, is a reset", async (t) => {
  const channel = new Channel("public");
  const served = await serveChannels(t, [channel]);
  const id = await channel.publish("number", "1");
  const { place } = partsOf(id);
  for (const [text, reason] of [
    [`${place}.zzz`, "unknown"],
    [`${place}.${Number.MAX_SAFE_INTEGER.toString(36)}`, "unknown"],
    [`${place.slice(0, 4)}AAAAAAAA.1`, "restarted"],
    [`${place}x.1`, "restarted"],
    [`${place.slice(0, 4)}${"A".repeat(60)}.0`, "restarted"],
  ] as const) {
    const reader = await come(served, channel, text);
    assert.deepEqual(reasonsOf(reader, "reset"), [reason], text);
    assert.equal(reader.data("number").length, 1, "what is kept follows");
  }
  assert.deepEqual(served.errors, []);
});

test("an id of another channel says nothing: its reader comes new, and gets none of the other's events", async (t) => {
  const channel = new Channel("public");
  const other = new Channel("other");
  const served = await serveChannels(t, [channel, other]);
  const foreign = await other.publish("secret", "1");
  await other.publish("secret", "2");
  const reader = await come(served, channel, foreign);
  assert.deepEqual(reader.comments, ["", "new"]);
  assert.deepEqual(
    reader.events.map(({ type }) => type),
    ["live"],
  );
  // The same epoch under this channel's tag is another life of its log.
  const { place } = partsOf(await channel.publish("number", "1"));
  const forged = await come(served, channel, place.slice(0, 4) + foreign.slice(4));
  assert.deepEqual(reasonsOf(forged, "reset"), ["restarted"]);
  assert.deepEqual(forged.data("secret"), []);
  assert.deepEqual(served.errors, []);
});

test("an id of many channels is kept for those that are followed, and stays short", async (t) => {
  const channel = new Channel("public");
  const served = await serveChannels(t, [channel]);
  const id = await channel.publish("number", "1");
  await channel.publish("number", "2");
  const foreign = Array.from({ length: 63 }, (_, at) => `tag${at % 10}epoch${at}.${at}`);
  const reader = await come(served, channel, [...foreign, id].join("~"));
  assert.deepEqual(reader.data("number"), ["2"], "it resumes");
  assert.ok(reader.lastEventId.startsWith(id.slice(0, 4)));
  assert.ok(reader.lastEventId.split("~").length <= 17, reader.lastEventId);
});

test("garbage of every kind ends in an answer, and hurts nobody", async (t) => {
  const channel = new Channel("public");
  const served = await serveChannels(t, [channel]);
  const id = await channel.publish("number", "1");
  const alphabet = `${id}..~~-_Zz09`;
  const { length } = id;
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  const outcomes = new Set<string>();
  for (let round = 0; round < 150; round++) {
    // A good id in which some characters are others.
    const characters = Array.from(id);
    for (let left = random(4); left >= 0; left--) {
      characters[random(length)] = alphabet[random(alphabet.length)] as string;
    }
    const text = characters.join("");
    const before = served.subscriptions.length;
    await come(served, channel, text);
    outcomes.add((await served.subscriptions[before]?.ready) ?? "none");
  }
  assert.ok(outcomes.has("new") && outcomes.has("reset"), [...outcomes].join());
  assert.deepEqual(served.errors, []);
});

/** A channel whose ids are signed, and which has had a secret before anybody read it. */
async function signed(t: TestContext) {
  const channel = new Channel("vault", { keys: ["a key of this test"] });
  const other = new Channel("other-vault", { keys: ["a key of this test"] });
  for (const each of [channel, other]) await each.publish("secret", "from before");
  const served = await serveChannels(t, [channel, other]);
  return { channel, other, served };
}

test("a signed id resumes for the reader to whom it was given, at any place since it began", async (t) => {
  const { channel, served } = await signed(t);
  const first = await come(served, channel, "", { user: "ada" });
  assert.deepEqual(first.data("secret"), [], "who comes new gets nothing of before");
  await channel.publish("number", "while away");
  const second = await come(served, channel, first.lastEventId, { user: "ada" });
  assert.deepEqual(second.comments, ["", "resumed"]);
  assert.deepEqual(second.data("number"), ["while away"]);
  const { place, start, proof } = partsOf(second.lastEventId);
  const back = await come(served, channel, `${place}.${start}.${start}.${proof}`, { user: "ada" });
  assert.deepEqual(back.comments, ["", "resumed"], "it was allowed to read all of that");
  assert.deepEqual(back.data("secret"), []);
  assert.deepEqual(served.errors, []);
});

test("a forged id opens nothing: not what was before the reader, nor another's, nor another channel's", async (t) => {
  const { channel, other, served } = await signed(t);
  const mine = (await come(served, channel, "", { user: "ada" })).lastEventId;
  const theirs = (await come(served, channel, "", { user: "bob" })).lastEventId;
  const elsewhere = (await come(served, other, "", { user: "ada" })).lastEventId;
  const { place, offset, start, proof } = partsOf(mine);
  const forged = {
    "without a proof": `${place}.${offset}`,
    "from the beginning, without a proof": `${place}.0`,
    "from the beginning, with the proof of a later start": `${place}.${offset}.0.${proof}`,
    "before the start": `${place}.0.${start}.${proof}`,
    "with another proof": `${place}.${offset}.${start}.${[...proof].reverse().join("")}`,
    "with a short proof": `${place}.${offset}.${start}.x`,
    "of another principal": theirs,
    "of another channel": place.slice(0, 4) + elsewhere.slice(4),
    "above the head": `${place}.zzzz.${start}.${proof}`,
    "of another epoch": `${place}x.${offset}.${start}.${proof}`,
    nonsense: "nonsense",
  };
  for (const [what, id] of Object.entries(forged)) {
    const reader = await come(served, channel, id, { user: "ada" });
    assert.deepEqual(reasonsOf(reader, "reset"), ["unknown"], what);
    assert.deepEqual(reader.data("secret"), [], `${what}: what it may not read`);
    // Nor does what it was given instead open more.
    const again = await come(served, channel, reader.lastEventId, { user: "ada" });
    assert.deepEqual(again.data("secret"), [], `${what}, and back`);
  }
  assert.deepEqual(served.errors, []);
});
