/**
 * What the servers of the HTTP part have in common: how they say where they listen, and what they serve.
 *
 * @module
 */

/** The folder in which `file.bin` lies. */
export const ROOT: string = process.env.BENCH_ROOT ?? ".";

/** Tells the runner the port, and from then on, whenever it asks, the processor time used so far. */
export function announce(port: number): void {
  process.on("disconnect", () => process.exit());
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system });
  });
  process.send?.({ port });
}
