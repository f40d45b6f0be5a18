import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeApplication } from "../../src/servers/node-application.ts";
import { skipUnlessNode } from "../support/node-answering.ts";
import { serve } from "../support/serving.ts";

test("it listens with the server of Node", { skip: skipUnlessNode }, async (t) => {
  const app = new NodeApplication({ logErrors: false });
  const types: string[] = [];
  app.addEventListener("listen", ({ serverType }) => types.push(serverType));
  app.use((ctx) => {
    ctx.response.body = "Hello";
  });
  const { port, stop } = await serve(app);
  t.after(stop);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "Hello");
  assert.deepEqual(types, ["node"]);
});
