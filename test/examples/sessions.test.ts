import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExampleProcess, startExample } from "./example-process.ts";

/** Keeps the cookies that it is given, as a browser does. */
class Visitor {
  readonly cookies = new Map<string, string>();
  setCookies: string[] = [];
  readonly #origin: string;
  readonly #headers: Record<string, string>;

  constructor(origin: string, headers: Record<string, string> = {}) {
    this.#origin = origin;
    this.#headers = headers;
  }

  async ask(method: string, path: string, form?: Record<string, string>): Promise<Response> {
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      redirect: "manual",
      body: form === undefined ? null : new URLSearchParams(form),
      headers: { ...this.#headers, ...(cookie === "" ? {} : { cookie }) },
    });
    this.setCookies = response.headers.getSetCookie();
    for (const text of this.setCookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async login(): Promise<void> {
    const response = await this.ask("POST", "/login", { name: "Ada", password: "acorn" });
    await response.text();
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/");
  }

  async status(): Promise<number> {
    const response = await this.ask("GET", "/");
    await response.text();
    return response.status;
  }
}

async function hangUp(example: ExampleProcess, times: number): Promise<void> {
  example.child.kill("SIGHUP");
  await example.printed(new RegExp(`(?:Signing with a new key\\s+){${times}}`));
}

for (const runtime of ["node", "deno", "bun"] as const) {
  test(`sessions on ${runtime} begin at the login, end at the logout, and outlive a key`, async (t) => {
    const example = startExample("examples/sessions.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [, origin = ""] = await example.printed(/(http:\S+)\//);

    const visitor = new Visitor(origin);
    assert.equal(await visitor.status(), 401);
    const wrong = await visitor.ask("POST", "/login", { name: "Ada", password: "wrong" });
    await wrong.text();
    assert.equal(wrong.status, 403);

    await visitor.login();
    assert.deepEqual([...visitor.cookies.keys()], ["session", "session.sig"]);
    assert.match(visitor.setCookies[0] ?? "", /; max-age=3600; samesite=lax; httponly$/);
    assert.deepEqual(await (await visitor.ask("GET", "/")).json(), { name: "Ada", visits: 1 });
    assert.deepEqual(await (await visitor.ask("GET", "/")).json(), { name: "Ada", visits: 2 });
    const stale = new Visitor(origin);
    for (const [name, value] of visitor.cookies) stale.cookies.set(name, value);

    const forger = new Visitor(origin);
    forger.cookies.set("session", visitor.cookies.get("session") ?? "");
    assert.equal(await forger.status(), 401, "an id without its signature");
    forger.cookies.set("session.sig", "A".repeat(43));
    assert.equal(await forger.status(), 401, "an id with another signature");

    await hangUp(example, 1);
    assert.equal(await visitor.status(), 200, "what the old key signed is still good");
    assert.match(visitor.setCookies[0] ?? "", /^session\.sig=[\w-]{43};/, "and signed anew");
    await hangUp(example, 2);
    assert.equal(await visitor.status(), 200);
    assert.equal(await stale.status(), 401, "two keys ago");

    const out = await visitor.ask("POST", "/logout");
    assert.equal(out.status, 204);
    assert.equal(visitor.cookies.size, 0);
    assert.equal(await visitor.status(), 401);
    assert.equal(await example.end("SIGTERM"), 0);
  });

  test(`behind a proxy that speaks TLS, the session on ${runtime} has the safest cookie`, async (t) => {
    const example = startExample("examples/sessions.ts", [], { runtime, env: { PORT: "0" } });
    t.after(() => example.end("SIGKILL"));
    const [, origin = ""] = await example.printed(/(http:\S+)\//);
    const visitor = new Visitor(origin, { "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https" });
    await visitor.login();
    assert.deepEqual([...visitor.cookies.keys()], ["__Host-session", "__Host-session.sig"]);
    for (const cookie of visitor.setCookies)
      assert.match(cookie, /; path=\/;.*; samesite=lax; secure; httponly$/);
    assert.equal(await visitor.status(), 200);
    assert.equal(await example.end("SIGINT"), 0);
  });
}
