import assert from "node:assert/strict";
import { test } from "node:test";
import { type DiagnosticsChannel, DiagnosticsTopic, diagnostics } from "../../src/sse/diagnostics.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

/** A channel whose listeners are one list. */
class ListChannel implements DiagnosticsChannel {
  readonly messages: unknown[] = [];
  hasSubscribers = true;

  publish(message: unknown): void {
    this.messages.push(message);
  }
}

test("a topic is heard when its channel is, and only then told anything", () => {
  const topic = new DiagnosticsTopic<{ count: number }>("dodona:test");
  topic.publish({ count: 0 });
  assert.equal(topic.isHeard, false);
  const channel = new ListChannel();
  topic.connect(channel);
  assert.equal(topic.isHeard, true);
  topic.publish({ count: 1 });
  channel.hasSubscribers = false;
  assert.equal(topic.isHeard, false);
  topic.publish({ count: 2 });
  assert.deepEqual(channel.messages, [{ count: 1 }]);
});

test("every topic has the name of its own", () => {
  assert.deepEqual(
    Object.values(diagnostics).map(({ name }) => name),
    [
      ...["dodona:stream:open", "dodona:stream:close"],
      ...["dodona:channel:publish", "dodona:channel:subscribe", "dodona:channel:unsubscribe"],
      "dodona:channel:loss",
    ],
  );
});

test("a stream tells when it opens, and once why it ended", () => {
  const [opened, closed] = [new ListChannel(), new ListChannel()];
  diagnostics.streamOpen.connect(opened);
  diagnostics.streamClose.connect(closed);
  try {
    const target = new ServerSentEventStreamTarget({ sink: new ScriptedSink(), keepAlive: false });
    assert.deepEqual([opened.messages, closed.messages], [[{ target }], []]);
    target.abort("kick");
    void target.close();
    assert.deepEqual(closed.messages, [{ target, reason: "kick" }]);
  } finally {
    diagnostics.streamOpen.connect(undefined);
    diagnostics.streamClose.connect(undefined);
  }
});
