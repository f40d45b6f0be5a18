import assert from "node:assert/strict";
import { test } from "node:test";
import { PositionProofs } from "../../src/channel/position-proofs.ts";
import { KeyStack } from "../../src/http/key-stack.ts";

const place = { epoch: "e", offset: 5 };
const prove = async (proofs: PositionProofs) => ({
  ...place,
  tag: "tag4",
  start: place.offset,
  proof: await proofs.prove("channel", "ann", place),
});

test("a place at or after the proved start is admitted", async () => {
  const proofs = new PositionProofs(new KeyStack(["secret"]));
  const position = await prove(proofs);
  assert.equal(await proofs.admit("channel", "ann", position), true);
  assert.equal(await proofs.admit("channel", "ann", { ...position, offset: 900 }), true);
});

test("nothing else is", async () => {
  const proofs = new PositionProofs(new KeyStack(["secret"]));
  const position = await prove(proofs);
  const { proof: _, ...bare } = position;
  for (const [channel, principal, forged] of [
    ["other", "ann", position],
    ["channel", "bob", position],
    ["channel", "ann", { ...position, offset: 4 }],
    ["channel", "ann", { ...position, start: 1 }],
    ["channel", "ann", { ...position, epoch: "f" }],
    ["channel", "ann", { ...position, proof: "AAAA" }],
    ["channel", "ann", { ...position, proof: "not base64url!" }],
    ["channel", "ann", bare],
  ] as const) {
    assert.equal(await proofs.admit(channel, principal, forged), false, JSON.stringify(forged));
  }
});

test("names can't be cut elsewhere to make the same proof", async () => {
  const proofs = new PositionProofs(new KeyStack(["secret"]));
  const proof = await proofs.prove("a", "b,c", place);
  assert.equal(await proofs.admit('a","b', "c", { ...place, tag: "tag4", start: 5, proof }), false);
});

test("what an older key has proved holds while it is in the stack", async () => {
  const position = await prove(new PositionProofs(new KeyStack(["old"])));
  assert.equal(
    await new PositionProofs(new KeyStack(["new", "old"])).admit("channel", "ann", position),
    true,
  );
  assert.equal(await new PositionProofs(new KeyStack(["new"])).admit("channel", "ann", position), false);
});

test("keys that fail admit nobody", async () => {
  const fail = () => Promise.reject(new Error("away"));
  const proofs = new PositionProofs({ sign: fail, verify: fail, indexOf: fail });
  assert.equal(await proofs.admit("channel", "ann", { ...place, tag: "tag4", start: 5, proof: "x" }), false);
});
