/**
 * This package: a target per request, one event for all of them.
 *
 * @module
 */

import type { Context } from "../../src/mod.ts";
import { importDodona } from "../dodona.ts";
import { serveContender } from "./contender.ts";

const { Application, ServerSentEvent } = await importDodona();
const app = new Application();
const targets = new Set<ReturnType<Context["sendEvents"]>>();

app.use((context) => {
  targets.add(context.sendEvents());
});

await serveContender({
  listen() {
    return new Promise((resolve, reject) => {
      app.addEventListener("listen", (event) => resolve(event.port));
      app.listen({ port: 0, hostname: "127.0.0.1" }).catch(reject);
    });
  },

  publish(tick) {
    const event = new ServerSentEvent(tick.type, tick.data, { id: tick.id });
    for (const target of targets) {
      if (!target.dispatchEvent(event)) targets.delete(target);
    }
  },

  async pour(ticks) {
    const [target] = targets;
    if (target === undefined) throw new TypeError("Cannot pour events: no stream is open");
    await target.stream(ticks, (tick) => new ServerSentEvent(tick.type, tick.data, { id: tick.id }));
    await target.close();
  },
});
