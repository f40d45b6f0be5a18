/** Elysia on Bun, with Bun's own file. @module */

import { Elysia } from "elysia";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

declare const Bun: { file(path: string): Blob };

const app = new Elysia();

for (const n of ROUTES) app.get(`/r${n}/items/:id`, ({ params }) => params.id);
app.get("/", () => GREETING);
app.post("/json", ({ body }) => body);
app.get("/file.bin", () => Bun.file(`${ROOT}/file.bin`));
app.listen({ hostname: "127.0.0.1", port: 0 }, ({ port }) => announce(Number(port)));
