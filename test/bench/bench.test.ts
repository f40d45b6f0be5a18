/**
 * The bench runs: its HTTP parts, as short as they can be. What they measure is not judged here.
 *
 * @module
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = fileURLToPath(new URL("../../bench/", import.meta.url));

test("the HTTP parts of the bench run on Node, and end in verdicts", async () => {
  const command = ["--conditions=dodona-source", "--import", "tsx", "main.ts"];
  const words = ["http", "startup", "routes", "--quick", "--rounds", "1", "--runtimes", "node"];
  const { stdout } = await promisify(execFile)(process.execPath, [...command, ...words], { cwd: folder });

  assert.match(stdout, /^## HTTP$/m);
  assert.match(stdout, /^\| node: Hello world \| dodona \| \d/m);
  assert.match(stdout, /^\| node: A static file of 1 MiB \| dodona \| \d/m);
  assert.match(stdout, /^\| static \| dodona \| 1000 \| \d/m);
  assert.match(stdout, /^\| A route among 1000 costs no more than among 10.*\| (met|\*\*not met\*\*) \|/m);
  // Start-up is that of the build, where there is one.
  assert.match(
    stdout,
    /^\| Listens at most 1\.3 times.*\| (met|\*\*not met\*\*) \||dodona \(start-up\): .*not built$/m,
  );
});
