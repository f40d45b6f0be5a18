// Checked by the compiler alone: what a channel's types promise. Nothing here runs.

import { Channel, type EventOf, type StandardSchema, type Subscription } from "dodona/channel";
import { ServerSentEvent, type ServerSentEventStreamTarget } from "dodona/sse";

interface Prices {
  price: { symbol: string; cents: number };
  closed: string;
}

declare const target: ServerSentEventStreamTarget;
const prices = new Channel<Prices>("prices");

export const id: Promise<string> = prices.publish("price", { symbol: "OAK", cents: 1 });
export const prepared: Promise<string> = prices.publish(new ServerSentEvent("price", "1"), { key: "OAK" });
// @ts-expect-error there is no such type of event
prices.publish("prices", { symbol: "OAK", cents: 1 });
// @ts-expect-error its data is another
prices.publish("price", { symbol: "OAK" });
// @ts-expect-error a key is a string
prices.publish("closed", "now", { key: 7 });

export const subscription: Subscription = prices.subscribe(target, {
  filter: (event) => event.type === "price" && event.data.cents > 100,
  map: (event) => (event.type === "closed" ? event.data.length : event.data.symbol),
});
// @ts-expect-error a filter answers yes or no
prices.subscribe(target, { filter: (event) => event.id });

export const event: EventOf<Prices> = { type: "closed", data: "now", id: "1", key: undefined };
// @ts-expect-error the data is that of its type
export const mixed: EventOf<Prices> = {
  type: "closed",
  data: { symbol: "", cents: 1 },
  id: "1",
  key: undefined,
};

declare const cents: StandardSchema<number>;
const checked = new Channel("checked", { schemas: { cents } });
checked.publish("cents", 7);
// @ts-expect-error the schema's type is the event's
checked.publish("cents", "7");

const guarded = new Channel<Prices, { user: string }>("guarded", { authorize: ({ user }) => user === "ann" });
guarded.subscribe(target, { context: { user: "ann" } });
// @ts-expect-error the context is what authorize is given
guarded.subscribe(target, { context: { name: "ann" } });

export async function disposes(): Promise<void> {
  await using own = new Channel<Prices>("own");
  await using following = own.subscribe(target);
  following.lag.toFixed();
}
