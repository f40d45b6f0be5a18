import type { TestContext } from "node:test";
import type { Context } from "../../src/app/context.ts";
import type { Channel } from "../../src/channel/channel.ts";
import type { SubscribeOptions, Subscription } from "../../src/channel/subscription.ts";
import { quietApp, serve } from "./serving.ts";

/** An application that listens until the end of the test, whose every path is a stream. */
export interface ServedChannels {
  port: number;
  /** Ends the listening, and closes the channels, before the test ends. */
  stop(): Promise<void>;
  /** What was subscribed, in order. */
  subscriptions: Subscription[];
  /** What went wrong, in the application or in a channel. */
  errors: unknown[];
}

/**
 * Serves channels: `/` is a stream that follows all of them, `/name` one that follows the channel of that name.
 *
 * Who reads is said by the header `x-user`.
 */
export async function serveChannels(
  t: TestContext,
  channels: readonly Channel[],
  options: (ctx: Context) => SubscribeOptions = () => ({}),
): Promise<ServedChannels> {
  const app = quietApp();
  const errors: unknown[] = [];
  const subscriptions: Subscription[] = [];
  for (const source of [app, ...channels] as EventTarget[]) {
    source.addEventListener("error", (event) => errors.push((event as Event & { error: unknown }).error));
  }
  app.use((ctx) => {
    const { pathname } = ctx.request.url;
    const target = ctx.sendEvents({ keepAlive: false });
    for (const channel of channels) {
      if (pathname !== "/" && pathname !== `/${channel.name}`) continue;
      const user = ctx.request.headers.get("x-user");
      const lease = user === null ? undefined : { principal: user };
      subscriptions.push(channel.subscribe(target, { lease, ...options(ctx) }));
    }
  });
  const { port, stop: stopListening } = await serve(app);
  const stop = async () => {
    await stopListening();
    await Promise.all(channels.map((channel) => channel.close()));
  };
  t.after(stop);
  return { port, subscriptions, errors, stop };
}
