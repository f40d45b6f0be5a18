import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../support/simulation.ts";

const SEEDS = 3000;

test(`in ${SEEDS} interleavings each reader sees a gap-free order, or is told`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    await assert.doesNotReject(simulate(seed), `to see it again: await simulate(${seed})`);
  }
});
