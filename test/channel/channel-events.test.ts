import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

test("a channel tells who comes and who goes, and why", async () => {
  const clock = new VirtualClock();
  const channel = new Channel("a", { clock });
  const heard: string[] = [];
  channel.addEventListener("subscribe", ({ subscription }) =>
    heard.push(`+${subscription.channel} ${channel.size}`),
  );
  channel.addEventListener("unsubscribe", ({ reason }) => heard.push(`-${reason} ${channel.size}`));
  const [left, closed, kicked] = [
    new ScriptedReader(clock),
    new ScriptedReader(clock),
    new ScriptedReader(clock),
  ];
  channel.subscribe(left.target);
  const subscription = channel.subscribe(closed.target);
  channel.subscribe(kicked.target);
  left.sink.leave();
  await subscription.close();
  assert.equal(
    channel.kick(({ target }) => target === kicked.target),
    1,
  );
  assert.deepEqual(heard, ["+a 1", "+a 2", "+a 3", "-disconnect 2", "-unsubscribed 1", "-kick 0"]);
});
