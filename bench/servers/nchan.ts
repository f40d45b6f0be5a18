/**
 * Debian's nginx with the module nchan: one worker, one channel in its memory. This process starts it, publishes to it
 * by pipelined requests over one connection, and ends it.
 *
 * @module
 */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canPin, coreList } from "../pinning.ts";
import { serveContender } from "./contender.ts";
import type { Tick } from "./tick.ts";

const nginx = "/usr/sbin/nginx";
const nchanModule = "/usr/lib/nginx/modules/ngx_nchan_module.so";

const folder = mkdtempSync(join(tmpdir(), "bench-nchan-"));
let server: ChildProcess | undefined;
let publisher: Socket;

process.on("exit", () => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
process.on("SIGTERM", () => process.exit());

await serveContender({
  async listen() {
    if (!existsSync(nginx) || !existsSync(nchanModule)) {
      throw new Error("There is no nginx with nchan here: apt-get install nginx libnginx-mod-nchan");
    }
    const port = await findPort();
    const file = join(folder, "nginx.conf");
    writeFileSync(file, configure(port));
    const command = [nginx, "-p", folder, "-e", join(folder, "error.log"), "-c", file];
    const words = canPin() ? ["taskset", "-c", coreList("server"), ...command] : command;
    server = spawn(words[0] ?? nginx, words.slice(1), { stdio: "ignore" });
    if (canPin()) execFileSync("taskset", ["-a", "-c", "-p", coreList("others"), String(process.pid)]);
    publisher = await reach(port);
    return port;
  },

  publish({ data }: Tick) {
    const text = JSON.stringify(data);
    publisher.write(`POST /publish HTTP/1.1\r\nHost: bench\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  },

  pour() {
    throw new TypeError("Cannot pour events: nchan has no source");
  },

  readCpuMicros() {
    return readProcessMicros(server?.pid ?? 0);
  },
});

function configure(port: number): string {
  return `
load_module ${nchanModule};
daemon off;
master_process off;
pid ${folder}/nginx.pid;
worker_rlimit_nofile 20000;
events { worker_connections 15000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000000;
  nchan_shared_memory_size 256M;
  server {
    listen 127.0.0.1:${port} backlog=511;
    location = / {
      nchan_subscriber eventsource;
      nchan_channel_id ticks;
      nchan_eventsource_event tick;
      nchan_subscriber_first_message newest;
    }
    location = /publish {
      nchan_publisher http;
      nchan_channel_id ticks;
      nchan_message_buffer_length 10000;
      nchan_message_timeout 10m;
    }
  }
}
`;
}

/** Linux alone counts in nanoseconds: the first number is the time on a core. */
function readProcessMicros(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1000;
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Resolves with a connection once something listens. */
async function reach(port: number): Promise<Socket> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = await new Promise<Socket | undefined>((resolve) => {
      const attempt = connect({ port, host: "127.0.0.1" }, () => resolve(attempt));
      attempt.on("error", () => resolve(undefined));
    });
    if (socket !== undefined) return socket.setNoDelay().resume();
    if (server?.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not listen: ${readFileSync(join(folder, "error.log"), "utf8").trim()}`);
}
