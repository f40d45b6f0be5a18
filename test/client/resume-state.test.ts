import assert from "node:assert/strict";
import { test } from "node:test";
import { ResumeEvent, readLoss, readOpening } from "../../src/client/resume-state.ts";

const event = (type: string, data: string) => ({ type, data, lastEventId: "" });

test("a comment says that nothing is lost", () => {
  assert.deepEqual(readOpening("new"), { outcome: "new" });
  assert.deepEqual(readOpening("resumed"), { outcome: "resumed" });
  for (const comment of ["", "gap", "reset", "newer", " new"]) assert.equal(readOpening(comment), undefined);
});

test("an event tells of a loss, with all that is said about it", () => {
  const said = { channel: "prices", reason: "trimmed", lost: { after: "1", through: "9" } };
  for (const outcome of ["gap", "reset"]) {
    assert.deepEqual(readLoss(event(outcome, JSON.stringify(said))), { outcome, ...said });
  }
});

test("the events may have other names", () => {
  const data = '{"reason":"unknown","lost":{"through":"9"}}';
  const noticeTypes = { gap: "missing", reset: "again" };
  assert.equal(readLoss(event("missing", data), noticeTypes)?.outcome, "gap");
  assert.equal(readLoss(event("again", data), noticeTypes)?.outcome, "reset");
  assert.equal(readLoss(event("gap", data), noticeTypes), undefined);
});

test("what says something else is an event like any other", () => {
  for (const data of ["", "gap", "null", "7", "[]", "{}", '{"reason":"trimmed"}']) {
    assert.equal(readLoss(event("gap", data)), undefined, data);
  }
  assert.equal(readLoss(event("message", '{"reason":"trimmed","lost":{}}')), undefined);
});

test("a resume event has the state and the detail", () => {
  const detail = { outcome: "gap", reason: "trimmed" } as const;
  const { type, state, detail: shown } = new ResumeEvent(detail);
  assert.deepEqual([type, state, shown], ["resume", "gap", detail]);
});
