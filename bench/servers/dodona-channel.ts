/**
 * This package's channel: readers are cursors in its log, which is kept by the broker that the environment names, as
 * `redis 6379`, or else in this process.
 *
 * @module
 */

import { importDodona, importDodonaChannel } from "../dodona.ts";
import { serveContender } from "./contender.ts";

const { Application } = await importDodona();
const { Channel } = await importDodonaChannel();
const app = new Application();
const address = process.env.BENCH_BROKER;
// The clients of others would weigh on a process that needs none.
const kept =
  address === undefined ? {} : { broker: await (await import("./open-broker.ts")).openBroker(address) };
const channel = new Channel<Record<string, Readonly<Record<string, string | number>>>>("ticks", kept);

app.use((context) => channel.stream(context).then(() => undefined));

await serveContender({
  listen() {
    return new Promise((resolve, reject) => {
      app.addEventListener("listen", (event) => resolve(event.port));
      app.listen({ port: 0, hostname: "127.0.0.1" }).catch(reject);
    });
  },

  publish(tick) {
    void channel.publish(tick.type, tick.data);
  },

  pour() {
    throw new TypeError("Cannot pour events: a channel has no source");
  },

  readPlace() {
    return channel.lastEventId();
  },
});
