import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { startExample } from "./example-process.ts";

const site = (name: string) => readFile(new URL(`../../examples/site/${name}`, import.meta.url), "utf8");

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the static site on ${runtime} serves its pages, and its own page for the rest`, async (t) => {
    const example = startExample("examples/static-site.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [, origin] = await example.printed(/(http:\S+)\//);

    for (const [path, name] of [
      ["/", "index.html"],
      ["/about", "about.html"],
      ["/about.html", "about.html"],
      ["/guide", "guide/index.html"],
    ] as const) {
      const response = await fetch(`${origin}${path}`);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("content-type"), "text/html; charset=UTF-8");
      assert.equal(await response.text(), await site(name));
      if (path === "/guide") assert.equal(new URL(response.url).pathname, "/guide/");
    }

    const style = await fetch(`${origin}/style.css`, { headers: { range: "bytes=-20" } });
    assert.equal(style.status, 206);
    assert.equal(await style.text(), (await site("style.css")).slice(-20));
    const etag = style.headers.get("etag") ?? "";
    const again = await fetch(`${origin}/style.css`, { headers: { "if-none-match": etag } });
    assert.equal(again.status, 304);

    const missing = await fetch(`${origin}/nowhere`);
    assert.equal(missing.status, 404);
    assert.equal(missing.headers.get("cache-control"), "no-store");
    assert.equal(await missing.text(), await site("404.html"));
    const hidden = await fetch(`${origin}/.git/config`);
    assert.equal(hidden.status, 403);
    await hidden.text();

    assert.equal(await example.end("SIGTERM"), 0);
  });
}
