// Nothing here runs: the compiler reads it, and each expected error is a mistake that it must catch.

import { Application, type Context, proxy, Router, route, serve } from "dodona";
import { createMockContext, createTestClient } from "dodona/testing";

export function proxies(): void {
  const app = new Application<{ count: number }>({ state: { count: 1 } });
  app
    .use(proxy("http://upstream.test/"))
    .use(
      proxy(new URL("http://upstream.test/"), { match: (ctx) => ctx.request.hasBody, headers: { a: "1" } }),
    )
    .use((ctx) => ctx.state.count.toFixed());
  new Router()
    .get("/", proxy("http://upstream.test/"))
    .get("/:id", proxy("http://upstream.test/", { map: (path, params) => `${path}/${params?.id}` }));
  proxy("http://upstream.test/", {
    fetch: (request, { context }) => fetch(`${request.url}${context.request.ip}`),
  });
  // @ts-expect-error: not a word for redirects
  proxy("http://upstream.test/", { redirect: "error" });
  // @ts-expect-error: a time is a number
  proxy("http://upstream.test/", { timeoutMs: "1s" });
}

export function handlers(): void {
  const app = new Application<{ count: number }>({ state: { count: 1 } });
  app.use(serve((request, ctx) => new Response(`${request.method} ${ctx.ip}`)));
  app.use(serve<{ count: number }>((_, ctx) => Response.json(ctx.state.count.toFixed())));
  // @ts-expect-error: a handler gives a response
  app.use(serve(() => "text"));
  const router = new Router();
  router.get(
    "/book/:id",
    route((_, ctx) => Response.json(ctx.params.id?.length)),
  );
  router.get(
    "/book/:id",
    route<"/book/:id">((_, ctx) => {
      // @ts-expect-error: the pattern has no such parameter
      ctx.params.page;
      return Response.json(ctx.params.id.length);
    }),
  );
}

export function mocks(): void {
  const ctx = createMockContext<"/book/:id", { id: string }>({ params: { id: "1" } });
  ctx.params.id.length;
  const plain: Context = createMockContext();
  plain.request.ip.length;
  // @ts-expect-error: a path is text
  createMockContext({ path: 1 });
  void createTestClient(new Application({ state: { count: 1 } })).get("/");
}
