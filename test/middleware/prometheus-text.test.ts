import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatMetrics } from "../../src/middleware/prometheus-text.ts";

test("a family has its help, its type, and a line for each sample", () => {
  const text = formatMetrics([
    {
      name: "a_total",
      type: "counter",
      help: "All of\nit \\ more",
      samples: [{ value: 1, labels: { reason: "x", of: "y" } }, { value: 2.5 }],
    },
    { name: "b", type: "gauge", help: "None", samples: [] },
    { name: "c", type: "gauge", help: "One", samples: [{ value: Number.POSITIVE_INFINITY }] },
  ]);
  assert.equal(
    text,
    [
      "# HELP a_total All of\\nit \\\\ more",
      "# TYPE a_total counter",
      'a_total{reason="x",of="y"} 1',
      "a_total 2.5",
      "# HELP c One",
      "# TYPE c gauge",
      "c +Inf",
      "",
    ].join("\n"),
  );
});

test("whatever a label says, it stays one label in one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("\\", '"', "\n", "n", "a", "}", ",", " ") }), (value) => {
      const help = "Help";
      const text = formatMetrics([
        { name: "m", type: "gauge", help, samples: [{ value: 0, labels: { l: value } }] },
      ]);
      const line = /^m\{l="((?:[^"\\\n]|\\[\\"n])*)"\} 0\n$/.exec(text.split("gauge\n")[1] ?? "");
      const read = line?.[1]?.replace(/\\(.)/g, (_, sign) => (sign === "n" ? "\n" : sign));
      assert.equal(read, value);
    }),
  );
});
