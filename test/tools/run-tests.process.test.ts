import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { runProcess } from "../../tools/test-process.ts";

const AMPLE_MS = 60_000;

function run(script: string, limitMs: number) {
  return runProcess({ program: process.execPath, args: ["-e", script] }, limitMs);
}

describe("runProcess", () => {
  it("gives the exit code and the output of both kinds", async () => {
    const end = await run("console.log('out'); console.error('err'); process.exitCode = 3;", AMPLE_MS);
    assert.equal(end.exitCode, 3);
    assert.match(end.output, /out/);
    assert.match(end.output, /err/);
    assert.ok(end.durationMs > 0);
  });

  it("asks for no colors", async () => {
    const end = await run("console.log(process.env.NO_COLOR, process.env.FORCE_COLOR);", AMPLE_MS);
    assert.match(end.output, /1 undefined/);
  });

  it("kills what outlives the limit, with its children", { timeout: AMPLE_MS }, async (t) => {
    const server = createServer().listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    // The program's child holds a connection to us: when it dies, the connection does.
    const connected = once(server, "connection");
    const child = `require("node:net").connect(${port}, "127.0.0.1").on("error", () => {});`;
    const script = `
      require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]);
      setInterval(() => {}, 1000);`;
    const ended = run(script, 2500);
    const [socket]: Socket[] = await connected;
    socket?.on("error", () => {});
    if (socket?.destroyed === false) await once(socket.resume(), "close");
    assert.equal((await ended).exitCode, undefined);
  });

  it("gives no exit code for a program that can't start", async () => {
    const end = await runProcess({ program: "node_modules/.bin/no-such-program", args: [] }, AMPLE_MS);
    assert.equal(end.exitCode, undefined);
  });

  it("does not wait for a process that was left behind with the pipes", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      spawn(process.execPath, ["-e", "setTimeout(() => {}, 8000)"], { stdio: "inherit" }).unref();`;
    const end = await run(script, AMPLE_MS);
    assert.equal(end.exitCode, 0);
    assert.ok(end.durationMs < 7000, `took ${end.durationMs} ms`);
  });
});
