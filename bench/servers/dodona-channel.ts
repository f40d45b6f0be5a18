/**
 * This package's channel: readers are cursors in its log.
 *
 * @module
 */

import { importDodona, importDodonaChannel } from "../dodona.ts";
import { serveContender } from "./contender.ts";

const { Application } = await importDodona();
const { Channel } = await importDodonaChannel();
const app = new Application();
const channel = new Channel<Record<string, Readonly<Record<string, string | number>>>>("ticks");

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
