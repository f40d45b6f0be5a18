import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { type ExampleProcess, startExample } from "./example-process.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const RUNTIMES = ["node", "deno", "bun"] as const;

/** An example with keys of its own, which can be changed under it. */
async function start(t: TestContext, runtime: (typeof RUNTIMES)[number]) {
  const folder = await mkdtemp(join(tmpdir(), "dodona-tls-"));
  const env = { PORT: "0", CERT: join(folder, "cert.pem"), KEY: join(folder, "key.pem") };
  const setKeys = async (cert: string, key: string) => {
    await copyFile(fixture(`${cert}-cert.pem`), env.CERT);
    await copyFile(fixture(`${key}-key.pem`), env.KEY);
  };
  await setKeys("localhost", "localhost");
  const example = startExample("examples/tls-http2.ts", [], { runtime, env });
  t.after(async () => {
    await example.end("SIGKILL");
    await rm(folder, { recursive: true });
  });
  const [, port] = await example.printed(/https:\S+:(\d+)\//);
  return { example, port: Number(port), setKeys };
}

function certificateAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: "127.0.0.1", servername: "localhost", rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerX509Certificate()?.toString() ?? "");
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

async function hangUp(example: ExampleProcess, says: RegExp): Promise<void> {
  example.child.kill("SIGHUP");
  await example.printed(says);
}

for (const runtime of RUNTIMES) {
  test(`the TLS example on ${runtime} answers over TLS`, async (t) => {
    const { example, port } = await start(t, runtime);
    const ca = await readFile(fixture("localhost-cert.pem"));
    const text = await new Promise<string>((resolve, reject) => {
      const asked = get(
        { port, host: "127.0.0.1", servername: "localhost", ca, agent: false },
        async (response) => {
          let all = "";
          for await (const chunk of response) all += chunk;
          resolve(all);
        },
      );
      asked.on("error", reject);
    });
    assert.equal(JSON.parse(text).secure, true);
    assert.equal(await example.end("SIGTERM"), 0);
  });
}

test("the TLS example on node speaks HTTP/2 with who can", async (t) => {
  const { example, port } = await start(t, "node");
  const session = connectHttp2(`https://localhost:${port}`, {
    ca: await readFile(fixture("localhost-cert.pem")),
  });
  const stream = session.request({ ":path": "/" });
  let text = "";
  for await (const chunk of stream) text += chunk;
  assert.deepEqual(JSON.parse(text), { secure: true, httpVersion: 2 });
  session.close();
  assert.equal(await example.end("SIGTERM"), 0);
});

test("the TLS example on node takes a new certificate at a hang-up, and keeps the old one when that is none", async (t) => {
  const { example, port, setKeys } = await start(t, "node");
  const first = await certificateAt(port);
  await setKeys("second", "second");
  await hangUp(example, /The certificate was replaced/);
  const second = await certificateAt(port);
  assert.notEqual(second, first);
  assert.equal(second.trim(), (await readFile(fixture("second-cert.pem"), "utf8")).trim());
  await setKeys("second", "localhost");
  await hangUp(example, /The certificate was not replaced/);
  assert.equal(await certificateAt(port), second);
});

for (const runtime of ["deno", "bun"] as const) {
  test(`the TLS example on ${runtime} says at a hang-up that it can't, and goes on`, async (t) => {
    const { example, port } = await start(t, runtime);
    const first = await certificateAt(port);
    await hangUp(example, /The certificate was not replaced: this runtime can't/);
    assert.equal(await certificateAt(port), first);
    assert.equal(await example.end("SIGTERM"), 0);
  });
}
