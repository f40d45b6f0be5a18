import { garbageCollector } from "./garbage.ts";

/** How much heap is in use, in bytes, when what can be collected is: the least of several looks. */
export async function settledHeap(): Promise<number> {
  const collect = garbageCollector();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    // Finalizers run in a turn of their own.
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}
