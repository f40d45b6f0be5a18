/**
 * A text that comes token by token, as a language model's API sends it.
 *
 * Read it with `curl -N http://127.0.0.1:8001/tokens?prompt=Why`, with `curl -N -d Why` at the same address,
 * or in a browser with `new EventSource("/tokens?prompt=Why")`. Leave before the end, and the log says that
 * the work was stopped.
 *
 * @module
 */

import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { Application, Router, ServerSentEvent } from "dodona";

const TOKEN_MS = 40;
const ANSWER =
  "leaves are many and the wind is one. Each leaf says its word when the wind reaches it, and the words " +
  "come down in the order in which they were said. Whoever stands below may go when enough was heard; " +
  "the oak then saves its breath for those who stay.";

const router = new Router();

router.add(["GET", "POST"], "/tokens", async (ctx) => {
  // An `EventSource` comes back after every end. One that has the last event is told not to.
  if (ctx.request.headers.get("last-event-id") === "done") {
    ctx.response.status = 204;
    return;
  }
  const { request } = ctx;
  const prompt =
    request.method === "POST" ? await request.body.text() : request.url.searchParams.get("prompt");
  const target = ctx.sendEvents();
  let count = 0;
  const finished = await target.stream(
    generate(prompt || "Why?"),
    (text) => new ServerSentEvent("token", { index: count++, text }),
  );
  if (!finished) {
    console.log(`Stopped after ${count} tokens: the reader left`);
    return;
  }
  target.dispatchEvent(new ServerSentEvent("done", { tokens: count }, { id: "done" }));
  await target.close();
  console.log(`Finished after ${count} tokens`);
});

const app = new Application({ bodyLimitBytes: 4096 });
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/tokens`);
});
await app.listen({ hostname: "127.0.0.1", port: Number(process.env.PORT ?? 8001) });

/** Stands for a model. It is left where it waits when the reader leaves, and runs no further. */
async function* generate(prompt: string): AsyncGenerator<string> {
  for (const token of `You ask “${prompt}”: ${ANSWER}`.match(/\s*\S+/g) ?? []) {
    await setTimeout(TOKEN_MS);
    yield token;
  }
}
