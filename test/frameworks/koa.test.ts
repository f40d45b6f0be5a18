import Koa from "koa";
import { type Serve, testSendEvents } from "./send-events-contract.ts";

const serveKoa: Serve = (open, report) => {
  const app = new Koa();
  app.on("error", (error) => {
    // Koa tells of every connection that is reset before its answer ends, whoever writes the answer.
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") report(error);
  });
  app.use((ctx, next) => {
    ctx.set("Access-Control-Allow-Origin", "https://page.test");
    ctx.cookies.set("first", "1");
    ctx.cookies.set("second", "2");
    return next();
  });
  app.use((ctx) => {
    if (ctx.path === "/plain") {
      ctx.body = "plain";
      return;
    }
    ctx.respond = false;
    open(ctx.req, ctx.res);
  });
  return app.listen(0, "127.0.0.1");
};

testSendEvents("Koa", serveKoa);
