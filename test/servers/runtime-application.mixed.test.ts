import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { withTree } from "../support/file-tree.ts";
import { CLIENTS_PER_ROUND, MIXED_TREE, mixedApp, mixedRound } from "../support/mixed-traffic.ts";
import { CANT_COUNT_FILES, noneOpen } from "../support/open-files.ts";
import { eventually, serve } from "../support/serving.ts";
import { settledHeap } from "../support/settled-heap.ts";

const ROUNDS = 80;
/** A leak is in each of them; what the runtime keeps for itself, such as compiled code, is not. */
const MOST_BATCHES = 4;
/** What may be left of each client, in bytes of heap: far below anything that belongs to one. */
const LEFT_BYTES = 150;

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

    /** Lets a batch of clients visit; gives what the process holds afterwards. */
    async function visit(): Promise<{ heap: number; descriptors: number }> {
      for (let round = 0; round < ROUNDS; round++) await mixedRound(port, round % 2 === 0);
      await eventually(() => state.streams + state.sockets + state.waiting === 0);
      if (CANT_COUNT_FILES === false) await noneOpen(root);
      return { heap: await settledHeap(), descriptors: await descriptors() };
    }

    try {
      let before = await visit();
      const left: number[] = [];
      while (left.length < MOST_BATCHES && !left.some((bytes) => bytes < LEFT_BYTES)) {
        const after = await visit();
        left.push((after.heap - before.heap) / (ROUNDS * CLIENTS_PER_ROUND));
        assert.ok(after.descriptors <= before.descriptors, `${after.descriptors} descriptors stay open`);
        before = after;
      }
      assert.ok(Math.min(...left) < LEFT_BYTES, `of each client bytes of heap are left: ${left.join(", ")}`);
      assert.deepEqual([[...failures], complaints], [["boom"], []]);
    } finally {
      await stop();
      for (const kind of kinds) process.off(kind, onComplaint);
    }
  }));
