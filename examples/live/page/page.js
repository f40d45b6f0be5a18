/**
 * The page of the live demonstration: one `EventSource`, and what is drawn of its events.
 *
 * What comes from others is shown as text and never read as HTML.
 */

// Found by the page's import map, as are the modules that it is made of: nothing here was bundled.
import { EventSource } from "dodona/client";

const MAX_COMMENTS = 50;
const MAX_WIRE_LINES = 7;

/** The spiral of the rings: how many measures make a turn, how many turns are shown, and their radii. */
const TURN = 40;
const TURNS = 7;
const HEART_RADIUS = 58;
const RING_WIDTH = 17;
/** Timers as late as this make the largest bulge. */
const LATEST_MS = 40;

const SVG = "http://www.w3.org/2000/svg";
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const at = (id) => document.getElementById(id);

/** How often the server measures: by that the page knows, while it is away, how much it misses. */
const MEASURE_MS = 500;

let tab = "";
let source;
/** The measures before this one were made while the page was away. */
let measured = 0;
let heardAt = performance.now();
let opened = 0;
let comesBackAt = 0;
let countdown;

const counts = new Map();
/**
 * The measures that are drawn, the oldest first; `mark` is what else came with one, and `isLate` says that it came
 * after its time, to a page that had been away.
 */
let measures = [];
const rings = drawRings();
let willGrow = false;

at("drop").addEventListener("click", () => {
  if (source.readyState === EventSource.CLOSED) connect();
  else if (document.body.dataset.state === "open") fetch(`drop/${tab}`, { method: "POST" });
});
at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  say(at("comment").value);
});
setInterval(showLag, 250);
connect();

function connect() {
  showState("connecting");
  // One that comes back by itself remembers where it stood by itself.
  source = new EventSource("events", { lastEventId: source?.lastEventId, inactivityTimeoutMs: "auto" });
  source.addEventListener("open", () => {
    if (opened++ > 0) count("reconnection");
    showState("open");
  });
  source.addEventListener("error", ({ retryInMs }) => {
    if (retryInMs === undefined) showState("closed");
    else showLost(retryInMs);
  });
  listen("hello", (hello) => {
    ({ tab, measured } = hello);
  });
  listen("tick", ({ time }) => {
    at("time").textContent = clockTime(time);
    if (!stillness.matches) rings.tip.animate({ r: ["9px", "4px"] }, { duration: 700, easing: "ease-out" });
  });
  listen("measure", showMeasure);
  listen("readers", (readers) => {
    at("readers").textContent = readers.count;
  });
  listen("comment", showComment);
  listen("gap", ({ channel }) => {
    if (channel === "comments") addComment("More was said while you were away than is kept.", "lost");
  });
  listen("reset", ({ channel }) => {
    if (channel === "wood") measures = [];
    if (channel === "comments") addComment("The oak was felled, and another stands here now.", "lost");
  });
  source.addEventListener("message", (event) => {
    showWire(event);
    showSaying(event.data);
  });
}

/** Hears the events of a type whose data is JSON. */
function listen(type, hear) {
  source.addEventListener(type, (event) => {
    showWire(event);
    hear(JSON.parse(event.data));
  });
}

function showState(state) {
  clearInterval(countdown);
  document.body.dataset.state = state;
  at("state").textContent = state;
  at("countdown").textContent = "";
  at("drop").textContent = state === "closed" ? "Connect again" : "Drop my connection";
  // Not `disabled`, which would take the focus from whoever has just pressed it.
  at("drop").ariaDisabled = String(state === "connecting" || state === "lost");
}

function showLost(retryInMs) {
  showState("lost");
  comesBackAt = performance.now() + retryInMs;
  countdown = setInterval(countDown, 200);
  countDown();
}

function countDown() {
  const seconds = Math.ceil((comesBackAt - performance.now()) / 1000);
  if (seconds <= 0) showState("connecting");
  else at("countdown").textContent = `reconnecting in ${seconds} s`;
}

function count(kind) {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const shown = at(`count-${kind}`);
  if (shown !== null) shown.textContent = counts.get(kind);
}

/** Shows an event as it came, but for its id. */
function showWire({ type, data }) {
  count(type);
  const line = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = type;
  line.append(name, ` ${data}`);
  at("wire").append(line);
  if (at("wire").childElementCount > MAX_WIRE_LINES) at("wire").firstElementChild.remove();
}

function showSaying(saying) {
  if (at("saying").textContent === saying) return;
  at("saying").textContent = saying;
  markRing("message");
  if (!stillness.matches) {
    at("saying").animate(
      { opacity: [0, 1], translate: ["0 -0.3em", "0 0"] },
      { duration: 900, easing: "ease-out" },
    );
  }
}

function showComment({ text, time }) {
  const line = addComment(text, "comment");
  const when = document.createElement("time");
  when.dateTime = time;
  when.textContent = clockTime(time);
  line.append(when);
  markRing("comment");
}

function addComment(text, kind) {
  const line = document.createElement("li");
  line.className = kind;
  const words = document.createElement("p");
  words.textContent = text;
  line.append(words);
  at("nobody").hidden = true;
  at("comments").prepend(line);
  if (at("comments").childElementCount > MAX_COMMENTS) at("comments").lastElementChild.remove();
  return line;
}

async function say(text) {
  const answer = await fetch("comments", { method: "POST", body: text }).catch(() => undefined);
  at("refusal").textContent =
    answer === undefined ? "The server can't be reached" : answer.ok ? "" : await answer.text();
  if (answer?.ok) at("comment").value = "";
  at("comment").focus();
}

function showMeasure({ number, lateMs, memoryMb, lag }) {
  at("late").textContent = `${lateMs.toFixed(1)} ms`;
  at("memory").textContent = `${memoryMb.toFixed(0)} MB`;
  at("slowest").textContent = lag;
  heardAt = performance.now();
  measures.push({ number, lateMs, isLate: opened > 1 && number < measured });
  if (measures.length > TURN * TURNS) measures.shift();
  showLag();
  if (willGrow) return;
  // Many come at once to a page that was away: they are drawn together.
  willGrow = true;
  requestAnimationFrame(growRings);
}

/** How many measures were made that have not come here: the server has said it, or the time since does. */
function showLag() {
  const missed = document.body.dataset.state === "open" ? measured - 1 - (measures.at(-1)?.number ?? -1) : 0;
  const quiet = Math.floor((performance.now() - heardAt) / MEASURE_MS - 0.5);
  at("lag").textContent = Math.max(0, missed, quiet);
}

function markRing(kind) {
  const newest = measures.at(-1);
  if (newest !== undefined) newest.mark = kind;
}

/** Makes what is drawn into: the wood with its grain, the lines, the marks and the growing tip. */
function drawRings() {
  const bark = shape("path", "bark", { d: grainPath(TURNS + 0.7) });
  const grain = Array.from({ length: TURNS }, (_, ring) =>
    shape("path", "grain", { d: grainPath(ring + 0.5) }),
  );
  const parts = {
    grown: shape("path", "grown"),
    late: shape("path", "late"),
    marks: shape("g", "marks"),
    tip: shape("circle", "tip", { r: 4 }),
  };
  parts.tip.style.visibility = "hidden";
  at("rings").append(bark, ...grain, ...Object.values(parts));
  return parts;
}

function grainPath(rings) {
  const points = Array.from({ length: 91 }, (_, step) => pointAt((2 * Math.PI * step) / 90, rings));
  return smoothPath(points);
}

/** No oak is round: a point in the direction of `angle`, so many rings away from the heart. */
function pointAt(angle, rings) {
  const roundness =
    1 + 0.03 * Math.sin(2 * angle + 0.7) + 0.018 * Math.sin(3 * angle + 2) + 0.008 * Math.sin(7 * angle);
  const radius = (HEART_RADIUS + RING_WIDTH * rings) * roundness;
  return [Math.cos(angle) * radius, Math.sin(angle) * radius].map((length) => Number(length.toFixed(1)));
}

/** Draws the wood: a line for what came in its time, a dotted one for what came after it. */
function growRings() {
  willGrow = false;
  if (measures.length === 0) return;
  const runs = runsOfOneKind(measures);
  rings.grown.setAttribute("d", pathOf(runs, false));
  rings.late.setAttribute("d", pathOf(runs, true));
  const marked = measures.filter(({ mark }) => mark !== undefined);
  rings.marks.replaceChildren(...marked.map((measure) => dot(measure.mark, placeOf(measure))));
  const [cx, cy] = placeOf(measures.at(-1));
  rings.tip.setAttribute("transform", `translate(${cx} ${cy})`);
  rings.tip.style.visibility = "visible";
}

/** Each run but the first begins where the one before it ends. */
function runsOfOneKind(all) {
  const runs = [];
  for (const measure of all) {
    const run = runs.at(-1);
    if (run?.isLate === measure.isLate) run.line.push(measure);
    else runs.push({ isLate: measure.isLate, line: [run?.line.at(-1) ?? measure, measure] });
  }
  return runs;
}

function pathOf(runs, isLate) {
  const lines = runs.filter((run) => run.isLate === isLate).map(({ line }) => line);
  return lines.map((line) => smoothPath(line.map(placeOf))).join("");
}

/** Where a measure lies: its direction is that of its number in every tab, its distance that of its age. */
function placeOf({ number, lateMs }) {
  const turns = (number - measures[0].number) / TURN;
  const bulge = 0.8 * Math.sqrt(Math.min(1, lateMs / LATEST_MS));
  return pointAt((2 * Math.PI * number) / TURN - Math.PI / 2, turns + bulge);
}

/** Bends at each point, and passes through the middles between two. */
function smoothPath(points) {
  const bends = points.slice(1).map(([x, y], index) => {
    const [beforeX, beforeY] = points[index];
    return `Q${beforeX} ${beforeY} ${(beforeX + x) / 2} ${(beforeY + y) / 2}`;
  });
  return `M${points[0]}${bends.join("")}L${points.at(-1)}`;
}

function dot(kind, [cx, cy]) {
  return shape("circle", kind, { cx, cy, r: 4.5 });
}

function shape(name, className, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", className);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function clockTime(time) {
  return new Date(time).toLocaleTimeString([], { hourCycle: "h23" });
}
