/** Fastify, with `@fastify/static`. @module */

import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

const app = fastify();
await app.register(fastifyStatic, { root: ROOT });

for (const n of ROUTES)
  app.get<{ Params: { id: string } }>(`/r${n}/items/:id`, async ({ params }) => params.id);
app.get("/", async () => GREETING);
app.post("/json", async ({ body }) => body);

const address = await app.listen({ host: "127.0.0.1", port: 0 });
announce(Number(new URL(address).port));
