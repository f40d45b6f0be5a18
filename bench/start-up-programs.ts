/**
 * The programs of the start-up part: one that greets everybody, as the documentation of each contender has it, and
 * that prints its port when it listens. They are text, and not files of this folder, so that they run as an
 * installed program does: as plain JavaScript, from a folder with `node_modules`.
 *
 * @module
 */

/** A program and the packages that it imports. */
export interface StartUpProgram {
  readonly packages: readonly string[];
  readonly text: string;
}

/** By contender; the first is the baseline. */
export const START_UP_PROGRAMS: Readonly<Record<string, StartUpProgram>> = {
  "plain-node": {
    packages: [],
    text: `
import { createServer } from "node:http";
const server = createServer((request, response) => {
  response.end("Hello, world!");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`,
  },

  dodona: {
    packages: ["dodona"],
    text: `
import { Application } from "dodona";
const app = new Application();
app.use((ctx) => {
  ctx.response.body = "Hello, world!";
});
app.addEventListener("listen", ({ port }) => console.log(port));
await app.listen({ hostname: "127.0.0.1", port: 0 });
`,
  },

  fastify: {
    packages: ["fastify"],
    text: `
import fastify from "fastify";
const app = fastify();
app.get("/", async () => "Hello, world!");
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(app.server.address().port);
`,
  },

  "hono-node": {
    packages: ["hono", "@hono/node-server"],
    text: `
import { serve } from "@hono/node-server";
import { Hono } from "hono";
const app = new Hono();
app.get("/", (ctx) => ctx.text("Hello, world!"));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => console.log(port));
`,
  },

  koa: {
    packages: ["koa"],
    text: `
import Koa from "koa";
const app = new Koa();
app.use((ctx) => {
  ctx.body = "Hello, world!";
});
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
`,
  },

  express: {
    packages: ["express"],
    text: `
import express from "express";
const app = express();
app.get("/", (request, response) => {
  response.send("Hello, world!");
});
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
`,
  },
};
