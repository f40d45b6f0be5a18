import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { withTree } from "../support/file-tree.ts";
import { CLIENTS_PER_ROUND, MIXED_TREE, mixedApp, mixedRound } from "../support/mixed-traffic.ts";
import { CANT_COUNT_FILES, noneOpen } from "../support/open-files.ts";
import { eventually, serve } from "../support/serving.ts";
import { settledHeap } from "../support/settled-heap.ts";

const WARM_ROUNDS = 40;
const ROUNDS = 120;
/** What may be left of each client, in bytes of heap: far below anything that belongs to one. */
const LEFT_BYTES = 300;

/** How many descriptors the process has, where it can tell: files, sockets and whatever else. */
async function descriptors(): Promise<number> {
  return CANT_COUNT_FILES === false ? (await readdir("/proc/self/fd")).length : 0;
}

test("clients of every kind, of which many leave early, leave nothing behind", () =>
  withTree(MIXED_TREE, async (root) => {
    const complaints: unknown[] = [];
    const onComplaint = (complaint: unknown) => complaints.push(complaint);
    const kinds = ["warning", "unhandledRejection", "uncaughtException"] as const;
    for (const kind of kinds) process.on(kind, onComplaint);
    const { app, state } = mixedApp(root);
    const failures = new Set<string>();
    app.addEventListener("error", ({ error }) => {
      if (!("status" in error) || Number(error.status) >= 500) failures.add(error.message);
    });
    const { port, stop } = await serve(app);

    async function visit(rounds: number): Promise<void> {
      for (let round = 0; round < rounds; round++) await mixedRound(port, round % 2 === 0);
      await eventually(() => state.streams + state.sockets + state.waiting === 0);
      if (CANT_COUNT_FILES === false) await noneOpen(root);
    }

    try {
      await visit(WARM_ROUNDS);
      const before = { heap: await settledHeap(), descriptors: await descriptors() };
      await visit(ROUNDS);
      const after = { heap: await settledHeap(), descriptors: await descriptors() };
      const left = (after.heap - before.heap) / (ROUNDS * CLIENTS_PER_ROUND);
      assert.ok(left < LEFT_BYTES, `${left.toFixed(1)} bytes of heap are left of each client`);
      assert.ok(
        after.descriptors <= before.descriptors,
        `${after.descriptors} descriptors, ${before.descriptors} before`,
      );
      assert.deepEqual([[...failures], complaints], [["boom"], []]);
    } finally {
      await stop();
      for (const kind of kinds) process.off(kind, onComplaint);
    }
  }));
