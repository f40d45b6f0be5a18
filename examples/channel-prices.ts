/**
 * Prices, live: who comes gets all of them at once, then each change; who was away gets what changed meanwhile, and of
 * each price only the newest.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/channel-prices.ts # PORT=... for another than 8007
 * curl -N http://127.0.0.1:8007/prices
 * curl -N 'http://127.0.0.1:8007/prices?symbol=OAK&symbol=ASH'
 * curl -d '{"symbol":"OAK","cents":1305}' http://127.0.0.1:8007/prices
 * ```
 *
 * @module
 */

import process from "node:process";
import { Application, Router } from "dodona";
import { Channel } from "dodona/channel";

interface Price {
  symbol: string;
  cents: number;
}

const prices = new Map<string, Price>(
  Object.entries({ ASH: 980, ELM: 1120, OAK: 1210 }).map(([symbol, cents]) => [symbol, { symbol, cents }]),
);

const channel = new Channel<{ price: Price }>("prices", { history: { events: 1000 } });
// What a reader is shown who comes new, or has lost something. Many who come at once share one call.
channel.snapshot(() => [...prices.values()], { type: "prices" });

const router = new Router();

router.get("/prices", async (ctx) => {
  const wanted = new Set(ctx.request.url.searchParams.getAll("symbol"));
  if (wanted.size === 0) await channel.stream(ctx);
  else await channel.stream(ctx, { filter: ({ data }) => wanted.has(data.symbol) });
});

router.post("/prices", async (ctx) => {
  const price = checkPrice(await ctx.request.body.json());
  if (price === undefined) return ctx.throw(422, "A price has a known symbol and a whole number of cents");
  await setPrice(price);
  ctx.response.status = 204;
});

const app = new Application({ bodyLimitBytes: 1024 });
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/prices`);
});

const controller = new AbortController();
const { signal } = controller;
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const timer = setInterval(() => void moveOne(), 1000);
signal.addEventListener("abort", () => clearInterval(timer));
await app.listen({ hostname: "127.0.0.1", port: Number(process.env.PORT ?? 8007), signal });

/** The state first, then the event: so a snapshot shows no less than the events before it. */
function setPrice(price: Price): Promise<string> {
  prices.set(price.symbol, price);
  return channel.publish("price", price, { key: price.symbol });
}

function moveOne(): Promise<string> {
  const all = [...prices.values()];
  const { symbol, cents } = all[Math.floor(Math.random() * all.length)] as Price;
  return setPrice({ symbol, cents: Math.max(1, cents + Math.round(Math.random() * 20 - 10)) });
}

function checkPrice(json: unknown): Price | undefined {
  const { symbol, cents } = (json ?? {}) as Partial<Price>;
  if (typeof symbol !== "string" || !prices.has(symbol)) return undefined;
  return Number.isSafeInteger(cents) && Number(cents) > 0 ? { symbol, cents: Number(cents) } : undefined;
}
