import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatOutcomes,
  judge,
  missingPrograms,
  type Outcome,
  parseCounts,
  totalOf,
} from "../../tools/test-summary.ts";

// What Node 20.20, Deno 2.9 and Bun 1.4 printed for the same two files.
const NODE_FAILED = `✔ adds (0.768835ms)
﹣ chromium here (0.149634ms) # chromium is not installed
﹣ skips inside (0.126339ms) # chromium is not installed
﹣ bare skip (0.126109ms) # SKIP
✔ later (0.090556ms) # write this
▶ group
  ✔ in group (0.094992ms)
✔ group (0.322193ms)
✖ fails (2.098661ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
  
  1 !== 2
  
✔ adds (1.046992ms)
▶ parent
  ✔ child (0.14018ms)
✔ parent (0.521723ms)
ℹ tests 10
ℹ suites 1
ℹ pass 5
ℹ fail 1
ℹ cancelled 0
ℹ skipped 3
ℹ todo 1
ℹ duration_ms 580.555903

✖ failing tests:

test at test/a.test.ts:1:368
✖ fails (2.098661ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
  
  1 !== 2
`;
const NODE_PASSED = `✔ adds (1.021935ms)
ℹ tests 3
ℹ suites 0
ℹ pass 3
ℹ fail 0
ℹ cancelled 0
ℹ skipped 0
ℹ todo 0
ℹ duration_ms 332.834761
`;
const DENO_FAILED = `parent ... ok (1ms)

 ERRORS 

fails => ./test/a.test.ts:9:1
error: AssertionError: Expected values to be strictly equal:

1 !== 2

 FAILURES 

fails => ./test/a.test.ts:9:1

FAILED | 5 passed (2 steps) | 1 failed | 3 ignored (112ms)

error: Test failed
`;
const DENO_PASSED = `running 2 tests from ./test/b.test.ts
adds ... ok (1ms)

ok | 2 passed (1 step) | 0 failed (11ms)

`;
const DENO_BROKEN = `error: Module not found "file:///missing.ts".
    at file:///c.test.ts:1:8
`;
const BUN_FAILED = `(fail) fails [1.27ms]

test/b.test.ts:
(pass) adds [0.06ms]
(pass) parent [0.42ms]

 4 pass
 3 skip
 1 todo
 1 fail
Ran 9 tests across 2 files. [28.00ms]
`;
const BUN_PASSED = `(pass) parent [0.51ms]

 2 pass
 0 fail
Ran 2 tests across 1 file. [22.00ms]
`;
const BUN_BROKEN = `# Unhandled error between tests
-------------------------------
error: Cannot find module './missing.ts' from 'test/c.test.ts'
-------------------------------


 0 pass
 1 fail
 1 error
Ran 1 test across 1 file. [4.00ms]
`;

describe("parseCounts", () => {
  it("reads Node's summary", () => {
    assert.deepEqual(parseCounts("node", NODE_FAILED), { passed: 5, failed: 1, skipped: 4 });
    assert.deepEqual(parseCounts("node", NODE_PASSED), { passed: 3, failed: 0, skipped: 0 });
  });

  it("counts what Node cancelled as failed", () => {
    const output = NODE_PASSED.replace("cancelled 0", "cancelled 2");
    assert.deepEqual(parseCounts("node", output), { passed: 3, failed: 2, skipped: 0 });
  });

  it("reads Deno's summary", () => {
    assert.deepEqual(parseCounts("deno", DENO_FAILED), { passed: 5, failed: 1, skipped: 3 });
    assert.deepEqual(parseCounts("deno", DENO_PASSED), { passed: 2, failed: 0, skipped: 0 });
  });

  it("reads Bun's summary", () => {
    assert.deepEqual(parseCounts("bun", BUN_FAILED), { passed: 4, failed: 1, skipped: 4 });
    assert.deepEqual(parseCounts("bun", BUN_PASSED), { passed: 2, failed: 0, skipped: 0 });
    assert.deepEqual(parseCounts("bun", BUN_BROKEN), { passed: 0, failed: 1, skipped: 0 });
  });

  it("reads them in color", () => {
    const esc = String.fromCharCode(27);
    const output = `${esc}[0m${esc}[32mok${esc}[0m | 2 passed | 0 failed ${esc}[38;5;245m(3ms)${esc}[0m\n`;
    assert.deepEqual(parseCounts("deno", output), { passed: 2, failed: 0, skipped: 0 });
  });

  it("finds none where there is none", () => {
    assert.equal(parseCounts("deno", DENO_BROKEN), undefined);
    assert.equal(parseCounts("node", "ℹ pass 3\n"), undefined);
    assert.equal(parseCounts("bun", " 2 pass\n"), undefined);
  });

  it("is not fooled by a summary that a failed test printed as its difference", () => {
    const quoted = NODE_PASSED.replaceAll(/^/gm, "  + ");
    assert.deepEqual(parseCounts("node", NODE_FAILED + quoted), { passed: 5, failed: 1, skipped: 4 });
  });
});

describe("missingPrograms", () => {
  it("lists the reasons of skips", () => {
    assert.deepEqual(missingPrograms(NODE_FAILED), [
      "chromium is not installed",
      "chromium is not installed",
    ]);
  });

  it("looks into suites, and past other reasons", () => {
    const output = "▶ group\n  ﹣ in it (0.1ms) # redis is not installed\n﹣ not installed (0.1ms) # slow\n";
    assert.deepEqual(missingPrograms(output), ["redis is not installed"]);
  });
});

describe("judge", () => {
  const end = { exitCode: 0, durationMs: 10, output: NODE_PASSED };

  it("takes the counts", () => {
    const outcome = { runtime: "node", exitCode: 0, durationMs: 10, passed: 3, failed: 0, skipped: 0 };
    assert.deepEqual(judge("node", end, true), outcome);
  });

  it("counts a bad end as a failure", () => {
    assert.equal(judge("node", { ...end, exitCode: 1 }, false).failed, 1);
    assert.equal(judge("node", { ...end, exitCode: undefined }, false).failed, 1);
    assert.equal(judge("deno", { ...end, exitCode: 1, output: DENO_BROKEN }, false).failed, 1);
  });

  it("does not count a failure twice", () => {
    assert.equal(judge("bun", { ...end, exitCode: 1, output: BUN_FAILED }, false).failed, 1);
  });

  it("forgives a missing program, unless it is strict", () => {
    const failed = { ...end, exitCode: 1, output: NODE_FAILED };
    const counts = ({ failed, skipped }: Outcome) => ({ failed, skipped });
    assert.deepEqual(counts(judge("node", failed, false)), { failed: 1, skipped: 4 });
    assert.deepEqual(counts(judge("node", failed, true)), { failed: 3, skipped: 2 });
  });
});

describe("formatOutcomes", () => {
  const outcomes: readonly Outcome[] = [
    { runtime: "node", exitCode: 0, durationMs: 12_345, passed: 100, failed: 0, skipped: 2 },
    { runtime: "bun", exitCode: undefined, durationMs: 0, passed: 0, failed: 1, skipped: 0 },
  ];

  it("adds up", () => assert.deepEqual(totalOf(outcomes), { passed: 100, failed: 1, skipped: 2 }));

  it("is a table with the sums below", () => {
    assert.equal(
      formatOutcomes(outcomes),
      [
        "runtime  exit  passed  failed  skipped  duration",
        "node     0     100     0       2        12.3 s",
        "bun      none  0       1       0        0.0 s",
        "100 passed, 1 failed, 2 skipped",
      ].join("\n"),
    );
  });

  it("ends with the sums even when nothing ran", () => {
    assert.match(formatOutcomes([]), /\n0 passed, 0 failed, 0 skipped$/);
  });
});
