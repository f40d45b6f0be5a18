import { Application } from "dodona";

const app = new Application();

app.use((ctx) => {
  const sse = ctx.getSSETarget();
  sse.dispatchComment("this is a comment");
});

await app.listen();
