/**
 * Rooms to talk in: one stream follows as many of them as its reader may enter, shows who else is there, and ends when
 * the reader is shown out.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/channel-rooms.ts # PORT=... for another than 8008
 * curl -c ada -d name=ada http://127.0.0.1:8008/login
 * curl -b ada -X PUT http://127.0.0.1:8008/rooms/lawn/members/ada
 * curl -b ada -N 'http://127.0.0.1:8008/events?room=hall&room=lawn'
 * curl -b ada -d 'Good morning' http://127.0.0.1:8008/rooms/hall
 * curl -b ada -X DELETE http://127.0.0.1:8008/rooms/lawn/members/ada
 * ```
 *
 * @module
 */

import process from "node:process";
import { Application, type Context, Router } from "dodona";
import { Channel, type Lease } from "dodona/channel";

interface RoomEvents {
  said: { room: string; by: string; text: string };
  here: { room: string; names: string[] };
}

const NAME = /^\w{1,40}$/;
const MAX_TEXT_LENGTH = 2000;
/** From a secret store, where the process is one of several, or is to know its readers after a restart. */
const KEYS = [crypto.getRandomValues(new Uint8Array(32))];

/** Who may enter which room; all may enter the hall. */
const members = new Map<string, Set<string>>([
  ["hall", new Set()],
  ["lawn", new Set()],
]);
const rooms = new Map(Array.from(members.keys(), (name) => [name, openRoom(name)]));

function openRoom(name: string): Channel<RoomEvents, Context> {
  const room = new Channel<RoomEvents, Context>(name, {
    keys: KEYS,
    authorize: (ctx) => admit(ctx, name),
    history: { events: 500 },
  });
  const tellWhoIsHere = () => {
    const names = [...new Set(Array.from(room.subscriptions, ({ principal }) => principal))].sort();
    return room.publish("here", { room: name, names }, { key: "here" });
  };
  room.addEventListener("subscribe", ({ subscription }) => subscription.ready.then(tellWhoIsHere));
  room.addEventListener("unsubscribe", tellWhoIsHere);
  return room;
}

/** The right to read a room, as long as its reader is a member. */
async function admit(ctx: Context, name: string): Promise<Lease | undefined> {
  const principal = await ctx.cookies.get("name");
  const holds = () => principal !== undefined && mayEnter(name, principal);
  return holds() ? { principal: principal as string, revalidate: holds } : undefined;
}

function mayEnter(name: string, who: string): boolean {
  return name === "hall" || members.get(name)?.has(who) === true;
}

const router = new Router();

router.post("/login", async (ctx) => {
  const name = (await ctx.request.body.form()).get("name")?.trim() ?? "";
  // Yours asks for more than a name.
  if (!NAME.test(name)) ctx.throw(422, "A name has 1 to 40 letters and digits");
  await ctx.cookies.set("name", name, { sameSite: "lax" });
  ctx.response.status = 204;
});

router.get("/events", async (ctx) => {
  const wanted = [...new Set(ctx.request.url.searchParams.getAll("room"))].map((name) => findRoom(ctx, name));
  if (wanted.length === 0) ctx.throw(400, "Which room?");
  // All rights are asked for before the stream begins: afterwards there is no status to say no with.
  const leases = await Promise.all(wanted.map((room) => room.authorize(ctx)));
  if (leases.includes(undefined)) ctx.throw(403, "You may not enter all of these rooms");
  const target = ctx.sendEvents();
  for (const [at, room] of wanted.entries()) room.subscribe(target, { lease: leases[at] });
});

router
  .post("/rooms/:room", async (ctx) => {
    const room = findRoom(ctx, ctx.params.room);
    const lease = await room.authorize(ctx);
    if (lease === undefined) return ctx.throw(403);
    const text = (await ctx.request.body.text()).trim();
    if (text === "" || text.length > MAX_TEXT_LENGTH)
      ctx.throw(422, "Say something of at most 2000 characters");
    await room.publish("said", { room: room.name, by: lease.principal ?? "", text });
    ctx.response.status = 204;
  })
  // Yours asks who may do these.
  .put("/rooms/:room/members/:name", (ctx) => {
    members.get(findRoom(ctx, ctx.params.room).name)?.add(ctx.params.name);
    ctx.response.status = 204;
  })
  .delete("/rooms/:room/members/:name", (ctx) => {
    const room = findRoom(ctx, ctx.params.room);
    members.get(room.name)?.delete(ctx.params.name);
    // At once; without it the next look at the lease would end the stream.
    room.kick(({ principal }) => principal === ctx.params.name && !mayEnter(room.name, principal));
    ctx.response.status = 204;
  });

function findRoom(ctx: Context, name: string): Channel<RoomEvents, Context> {
  return rooms.get(name) ?? ctx.throw(404, `There is no room "${name}"`);
}

const app = new Application({ keys: KEYS, bodyLimitBytes: 8192 });
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/events`);
});

const controller = new AbortController();
const { signal } = controller;
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
await app.listen({ hostname: "127.0.0.1", port: Number(process.env.PORT ?? 8008), signal });
