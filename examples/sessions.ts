/**
 * Sessions: a signed cookie holds an id, the memory of this process what belongs to it.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/sessions.ts # PORT=... for another than 8005
 * curl -i -c jar -d 'name=Ada&password=acorn' http://127.0.0.1:8005/login
 * curl -i -b jar -c jar http://127.0.0.1:8005/
 * ```
 *
 * A hang-up (SIGHUP) brings a new key: what the key before it signed is still good, and signed anew.
 *
 * @module
 */

import process from "node:process";
import { Application, type Context, Router } from "dodona";

interface Session {
  name: string;
  visits: number;
  endsAt: number;
}

const SESSION_SECONDS = 3600;
/** A proxy on this machine may say that the client's connection is encrypted. */
const PROXIES = ["loopback"];

const sessions = new Map<string, Session>();
const router = new Router<{ session?: Session }>();

router
  .get("/", (ctx) => {
    const { session } = ctx.state;
    if (session === undefined) return ctx.throw(401, "Nobody is logged in");
    session.visits++;
    ctx.response.body = { name: session.name, visits: session.visits };
  })
  .post("/login", async (ctx) => {
    const form = await ctx.request.body.form();
    const name = form.get("name")?.trim() ?? "";
    // Yours asks a database, for the hash of a password.
    if (name === "" || form.get("password") !== "acorn") ctx.throw(403, "Wrong name or password");
    for (const [id, { endsAt }] of sessions) if (endsAt < Date.now()) sessions.delete(id);
    // Always a new id: one that came with the request may be known to somebody else.
    const id = crypto.randomUUID();
    sessions.set(id, { name, visits: 0, endsAt: Date.now() + SESSION_SECONDS * 1000 });
    await setSession(ctx, id);
    ctx.response.redirect("/");
    ctx.response.status = 303;
  })
  .post("/logout", async (ctx) => {
    sessions.delete((await ctx.cookies.get(cookieName(ctx))) ?? "");
    await setSession(ctx, null);
    ctx.response.status = 204;
  });

let keys = [makeKey()];
const app = new Application({ keys, proxy: PROXIES, bodyLimitBytes: 4096 });
app.use(async (ctx: Context<{ session?: Session }>, next) => {
  const session = sessions.get((await ctx.cookies.get(cookieName(ctx))) ?? "");
  if (session !== undefined && session.endsAt > Date.now()) ctx.state.session = session;
  await next();
});
app.use(router.routes(), router.allowedMethods());
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/`);
});

process.on("SIGHUP", () => {
  keys = [makeKey(), ...keys.slice(0, 1)];
  app.keys = keys;
  console.log("Signing with a new key");
});

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const port = Number(process.env.PORT ?? 8005);
await app.listen({ hostname: "127.0.0.1", port, signal: controller.signal });

/** Yours come from the configuration, the same for all processes. */
function makeKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

/** With the prefix no other host, and no unencrypted connection, can set it. */
function cookieName(ctx: Context): string {
  return ctx.request.secure ? "__Host-session" : "session";
}

/** `sameSite` keeps other sites from sending their visitors here with it, but by a link. */
async function setSession(ctx: Context, id: string | null): Promise<void> {
  const { secure } = ctx.request;
  await ctx.cookies.set(cookieName(ctx), id, { secure, sameSite: "lax", maxAge: SESSION_SECONDS });
}
