// Nothing here runs: the compiler reads it, and each expected error is a mistake that it must catch.

import type { Context } from "../../src/app/context.ts";
import type { Middleware } from "../../src/app/middleware.ts";
import {
  type Route,
  type RouteParams,
  Router,
  type RouterContext,
  type RouterMiddleware,
  type RouterParamMiddleware,
} from "../../src/app/router.ts";

/** Compiles when the two are the same type. */
type Same<A, B> = [A, B] extends [B, A] ? true : never;

export const inferred: [
  Same<RouteParams<"/book/:id">, { id: string }>,
  Same<RouteParams<"/book/:id/:page?">, { id: string; page?: string }>,
  Same<RouteParams<"/:from-:to">, { from: string; to: string }>,
  Same<RouteParams<"/:name.:ext">, { name: string; ext: string }>,
  Same<RouteParams<"/:a_1/:B2">, { a_1: string; B2: string }>,
  Same<RouteParams<"/:path*">, { path?: string }>,
  Same<RouteParams<"/:path+/x">, { path: string }>,
  Same<RouteParams<"/:id\\:archive">, { id: string }>,
  Same<RouteParams<"/\\:id/:real">, { real: string }>,
  Same<RouteParams<"/:id(\\d+)">, Record<string, string>>,
  Same<RouteParams<"/a{/:id}?">, Record<string, string | undefined>>,
  Same<RouteParams<"/static">, Record<string, string | undefined>>,
  Same<RouteParams<string>, Record<string, string>>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true];

const log: Middleware = (_, next) => next();
const general: RouterMiddleware = (ctx, next) => (ctx.params.id === "7" ? next() : undefined);

export function paths(router: Router): void {
  router
    .get("/:id", (ctx) => ctx.params.id.length)
    .get("named", "/:id/:page?", log, (ctx) => ctx.params.page?.concat(ctx.params.id))
    .query("/:id", log, general, async (ctx, next) => {
      ctx.response.body = ctx.params.id.length;
      await next();
    })
    .post<{ id: string }>("/:id\\:archive", (ctx) => {
      ctx.params.id.length;
      // @ts-expect-error: the name ends at the backslash
      ctx.params["id:archive"];
    })
    .put<"/:id">("/:id", (ctx) => ctx.params.id.length)
    .add(["GET", "PROPFIND"], "/:id", (ctx) => ctx.params.id.length)
    .add("PROPFIND", "named", "/:id", (ctx) => ctx.params.id.length)
    .all("/value", general, (ctx) => ctx.params.id?.length)
    .use("/:id", log, general, (ctx) => ctx.params.id.length)
    .use(["/a", "/:id"], general, (ctx) => ctx.params.id?.length)
    .use(log, general, (ctx) => ctx.params.anything)
    .use("/below", new Router().routes(), new Router<{ other: 1 }>().routes())
    .redirect("/a", "/b", 301);
  for (const path of ["/a", "/b"]) router.get(path, general, (ctx) => ctx.params.id);
  // @ts-expect-error: no such parameter
  router.get("/:id", (ctx) => ctx.params.page);
  // @ts-expect-error: no such parameter
  router.get("named", "/:id", (ctx) => ctx.params.page);
  // @ts-expect-error: it may be missing
  router.get("/:id?", (ctx) => ctx.params.id.length);
  // @ts-expect-error: a handler of a path with another parameter
  router.get("/:id", (ctx: RouterContext<"/:page">) => ctx.params.page);
}

export function middlewareIsNeeded(router: Router): void {
  // @ts-expect-error: no middleware
  router.all("/");
  // @ts-expect-error: no middleware
  router.delete("/");
  // @ts-expect-error: no middleware
  router.get("/");
  // @ts-expect-error: no middleware
  router.get("name", "/");
  // @ts-expect-error: no middleware
  router.head("/");
  // @ts-expect-error: no middleware
  router.options("/");
  // @ts-expect-error: no middleware
  router.patch("/");
  // @ts-expect-error: no middleware
  router.post("/");
  // @ts-expect-error: no middleware
  router.put("/");
  // @ts-expect-error: no middleware
  router.query("/");
  // @ts-expect-error: no middleware
  router.use();
  // @ts-expect-error: no middleware
  router.use("/");
  // @ts-expect-error: no path
  router.get(log);
}

export function states(router: Router<{ foo: string }>): void {
  router
    .patch<{ id: string }>(
      "/:id\\:archive",
      (ctx) => ctx.params.id + ctx.state.foo,
      // @ts-expect-error: not in the state
      (ctx) => ctx.state.missing,
    )
    .get("/", (ctx: Context<{ session: number }>) => ctx.state.session.toFixed())
    .get("/", log, general, (ctx: Context<{ session: number }>) => ctx.state.session.toFixed(), general)
    .get("/:id", (ctx) => ctx.state.session.toFixed() + ctx.state.foo + ctx.params.id);
  // @ts-expect-error: not in the state
  router.get("/", (ctx) => ctx.state.session);
}

export function contexts(
  ctx: RouterContext<"/:id", { id: string }, { user: string }, { database: Map<string, string> }>,
): void {
  const user: string = ctx.state.user;
  const found: string | undefined = ctx.app.state.database.get(ctx.params.id + user);
  const url: string | undefined = ctx.router.url("name", { id: found });
  const paths: string[] | undefined = ctx.matched?.map(({ path }) => path);
  const captures: (string | undefined)[] = ctx.captures;
  void [url, paths, captures, ctx.routeName, ctx.routerPath];
  // @ts-expect-error: not in the application's state
  ctx.app.state.missing;
}

/** A handler has a type without type arguments, and with each of them. */
export const handlers: [
  RouterMiddleware,
  RouterMiddleware<"/:id">,
  RouterMiddleware<"/:id", { id: string }, { a: 1 }>,
] = [(ctx) => ctx.params.id, (ctx) => ctx.params.id.length, (ctx) => ctx.state.a.toFixed()];

export function params(router: Router): void {
  const load: RouterParamMiddleware = async (value, ctx, next) => {
    ctx.state.loaded = value.length;
    await next();
  };
  router.param("id", load).param("id", (value, ctx, next) => (value === ctx.params.id ? next() : undefined));
  // @ts-expect-error: a middleware is a function
  router.param("id", "load");
}

export function routes(router: Router): Route[] {
  const byName: string | undefined = router.url("book", { id: 1 }, { query: { sort: "asc" } });
  const ofPath: string = Router.url("/book/:id", { id: "1" });
  void [byName, ofPath];
  // @ts-expect-error: a URL is made of a path
  Router.url(1);
  // @ts-expect-error: a redirect's status
  router.redirect("/a", "/b", 200);
  return [...router].filter(({ path, methods, regexp }) => methods.includes("GET") && regexp.test(path));
}
