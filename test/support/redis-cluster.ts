import { Redis } from "ioredis";
import { eventually } from "./eventually.ts";
import { LocalProgram } from "./local-program.ts";

const SLOTS = 16_384;
const NODES = 3;

/** Starts a cluster of three Redis servers of the test's own, without replicas. */
export async function startRedisCluster(): Promise<readonly LocalProgram[]> {
  const servers: LocalProgram[] = [];
  // One after the other: each looks for a free port.
  for (let at = 0; at < NODES; at++) {
    servers.push(
      await LocalProgram.start("redis-server", (port, folder) => [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        ...["--cluster-enabled", "yes", "--cluster-port", String(busOf(port))],
      ]),
    );
  }
  const clients = servers.map(({ port }) => new Redis(port, "127.0.0.1"));
  const [first] = servers as [LocalProgram];
  const part = Math.ceil(SLOTS / NODES);
  for (const [at, client] of clients.entries()) {
    const last = Math.min(SLOTS, (at + 1) * part) - 1;
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(at * part), String(last));
    if (at > 0)
      await client.call("CLUSTER", "MEET", "127.0.0.1", String(first.port), String(busOf(first.port)));
  }
  let ready = 0;
  for (const client of clients) {
    const look = async () => {
      const info = String(await client.call("CLUSTER", "INFO"));
      if (info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${NODES}`)) ready++;
      else setTimeout(look, 50);
    };
    await look();
  }
  await eventually(() => ready === NODES);
  for (const client of clients) client.disconnect();
  return servers;
}

/** Redis' own choice, ten thousand above, may be no port at all; these are none that the system gives to others. */
function busOf(port: number): number {
  return 20_000 + (port % 10_000);
}
