import { Application, ServerSentEvent } from "dodona";

const app = new Application();

app.use((ctx) => {
  const sse = ctx.getSSETarget();
  const evt = new ServerSentEvent("ping", "hello");
  sse.dispatchEvent(evt);
});

await app.listen();
