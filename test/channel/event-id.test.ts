import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { channelTag, EventId, formatPosition, MAX_POSITIONS, newEpoch } from "../../src/channel/event-id.ts";

const word = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."abcXYZ019_-"), minLength, maxLength });
const offset = fc.maxSafeNat();
const bare = fc.record({ tag: word(4, 4), epoch: word(1, 20), offset });
const signed = fc.record({ tag: word(4, 4), epoch: word(1, 20), offset, start: offset, proof: word(1, 43) });

test("an id is read as it was written", () => {
  const ids = fc.array(fc.oneof(bare, signed), { minLength: 1, maxLength: MAX_POSITIONS });
  fc.assert(
    fc.property(ids, (positions) => {
      const text = new EventId(positions).toString();
      assert.match(text, /^[\x21-\x7e]+$/);
      const parsed = EventId.parse(text);
      assert.deepEqual(
        parsed?.positions.map((position) => ({ ...position })),
        positions.map((position) => ({ ...position })),
      );
    }),
  );
});

test("what no channel wrote is no id, and nothing throws", () => {
  const wrong = [
    "",
    "~",
    "abcd",
    "abcde",
    "abcd.1",
    "abcde.",
    "abcde.01",
    "abcde.-1",
    "abcde.1A",
    "abcde.1.2",
  ];
  const worse = [
    "abcde.1.2.",
    "abcde.1.2.3.4",
    "abcde.1~",
    "ab de.1",
    "ábcde.1",
    `abcde.${"z".repeat(12)}`,
    "42",
  ];
  for (const text of [...wrong, ...worse]) assert.equal(EventId.parse(text), undefined, text);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void EventId.parse(text)));
});

test("what is taken for an id is written as it came", () => {
  const part = fc.stringMatching(/^[\w-]{5,12}\.[0-9a-z]{1,11}(?:\.[0-9a-z]{1,11}\.[\w-]{0,9})?$/);
  const texts = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("~"));
  let taken = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const id = EventId.parse(text);
      if (id === undefined) return;
      taken++;
      assert.equal(id.toString(), text);
    }),
    { numRuns: 500 },
  );
  assert.ok(taken > 0);
});

test("ids are bounded", () => {
  const one = "abcde.1";
  assert.equal(EventId.parse(Array(64).fill(one).join("~"))?.positions.length, 64);
  assert.equal(EventId.parse(Array(65).fill(one).join("~")), undefined);
  assert.equal(EventId.parse(`abcd${"e".repeat(100_000)}.1`), undefined);
});

test("an id of one channel is short", () => {
  const place = { tag: channelTag("prices"), epoch: newEpoch(), offset: 1_000_000 };
  assert.ok(formatPosition(place).length <= 18);
});

test("a tag is always the same, four characters long, and spreads", () => {
  assert.equal(channelTag("prices"), channelTag("prices"));
  const tags = new Set(Array.from({ length: 1000 }, (_, at) => channelTag(`channel ${at}`)));
  assert.ok(tags.size > 990);
  for (const tag of tags) assert.match(tag, /^[\w-]{4}$/);
});

test("two lives have two names", () => {
  assert.notEqual(newEpoch(), newEpoch());
  assert.match(newEpoch(), /^[\w-]{8}$/);
});
