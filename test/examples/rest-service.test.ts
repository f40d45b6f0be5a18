import assert from "node:assert/strict";
import { test } from "node:test";
import { startExample } from "./example-process.ts";

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`the REST service on ${runtime} creates, changes, finds and deletes, and says what is wrong`, async (t) => {
    const example = startExample("examples/rest-service.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [, origin] = await example.printed(/(http:\S+)\/books/);

    const ask = async (method: string, path: string, json?: unknown, accept = "application/json") => {
      const body = json === undefined ? null : JSON.stringify(json);
      const response = await fetch(`${origin}${path}`, { method, body, headers: { accept } });
      const text = await response.text();
      const type = response.headers.get("content-type") ?? "";
      return {
        response,
        status: response.status,
        text,
        json: /json/.test(type) ? JSON.parse(text) : undefined,
      };
    };

    const created = await ask("POST", "/books", { title: " Walden ", year: 1854 });
    assert.equal(created.status, 201);
    assert.equal(created.response.headers.get("location"), "/books/1");
    assert.deepEqual(created.json, { id: "1", title: "Walden", year: 1854 });
    await ask("POST", "/books", { title: "Silva" });

    assert.deepEqual((await ask("PATCH", "/books/1", { year: 1855 })).json, {
      id: "1",
      title: "Walden",
      year: 1855,
    });
    const found = await ask("GET", "/books?title=wald");
    assert.deepEqual(
      found.json.map(({ id }: { id: string }) => id),
      ["1"],
    );

    const problem = await ask("PATCH", "/books/1", { year: "late" });
    assert.equal(problem.response.headers.get("content-type"), "application/problem+json");
    assert.deepEqual(problem.json, {
      type: "about:blank",
      title: "Unprocessable Entity",
      detail: '"year" is a whole number',
      status: 422,
    });
    const asText = await ask("PATCH", "/books/1", { year: "late" }, "*/*");
    assert.equal(asText.text, '"year" is a whole number');

    const refused = await Promise.all([
      ask("POST", "/books", { year: 1 }),
      ask("POST", "/books", { title: "" }),
      ask("POST", "/books", { title: "A", colour: "red" }),
      ask("POST", "/books", "A"),
      ask("POST", "/books", { title: "x".repeat(20_000) }),
      ask("GET", "/books/none"),
      ask("GET", "/nowhere"),
      ask("PUT", "/books/1", {}),
    ]);
    assert.deepEqual(
      refused.map(({ status, json }) => [status, json.status, typeof json.detail]),
      [422, 422, 422, 422, 413, 404, 404, 405].map((status) => [status, status, "string"]),
    );
    assert.equal(refused.at(-1)?.response.headers.get("allow"), "HEAD, GET, PATCH, DELETE");

    const bare = await fetch(`${origin}/books`, { method: "POST", body: "{", headers: { accept: "*/*" } });
    assert.equal(bare.status, 400);
    await bare.text();

    assert.equal((await ask("DELETE", "/books/1")).status, 204);
    assert.equal((await ask("GET", "/books/1")).status, 404);
    assert.equal(await example.end("SIGTERM"), 0);
  });
}
