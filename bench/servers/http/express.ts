/** Express. @module */

import type { AddressInfo } from "node:net";
import express from "express";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

const app = express();

for (const n of ROUTES)
  app.get(`/r${n}/items/:id`, (request, response) => void response.send(request.params.id));
app.get("/", (_, response) => void response.send(GREETING));
app.post("/json", express.json(), (request, response) => void response.json(request.body));
app.use(express.static(ROOT));

const server = app.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
