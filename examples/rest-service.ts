/**
 * A REST service: books, kept in memory, with checked input, links by the names of routes, and problem details
 * for a client that reads JSON.
 *
 * ```sh
 * node --conditions=dodona-source --import tsx examples/rest-service.ts # PORT=... for another than 8002
 * curl -i -H 'Accept: application/json' -d '{"title":"Walden","year":1854}' http://127.0.0.1:8002/books
 * curl -i -H 'Accept: application/json' -X PATCH -d '{"year":"late"}' http://127.0.0.1:8002/books/1
 * ```
 *
 * @module
 */

import process from "node:process";
import { Application, type Context, Router } from "dodona";

interface Book {
  id: string;
  title: string;
  year: number;
}

const MAX_BOOKS = 1000;
const MAX_TITLE_LENGTH = 200;

const books = new Map<string, Book>();
let lastId = 0;

const router = new Router<{ book: Book }>();

// Runs before each handler whose path has an `:id`: there is a book, or a 404.
router.param("id", (id, ctx, next) => {
  const book = books.get(id);
  if (book === undefined) return ctx.throw(404, `There is no book "${id}"`);
  ctx.state.book = book;
  return next();
});

router
  .get("books", "/books", (ctx) => {
    const title = ctx.request.url.searchParams.get("title")?.toLowerCase() ?? "";
    ctx.response.body = [...books.values()].filter((book) => book.title.toLowerCase().includes(title));
  })
  .post("/books", async (ctx) => {
    const { title, year = new Date().getFullYear() } = checkBook(ctx, await ctx.request.body.json());
    if (title === undefined) return ctx.throw(422, "A book needs a title");
    if (books.size >= MAX_BOOKS) return ctx.throw(507);
    const book = { id: String(++lastId), title, year };
    books.set(book.id, book);
    ctx.response.status = 201;
    ctx.response.headers.set("location", ctx.router.url("book", { id: book.id }) ?? "");
    ctx.response.body = book;
  })
  .get("book", "/books/:id", (ctx) => {
    ctx.response.body = ctx.state.book;
  })
  .patch("/books/:id", async (ctx) => {
    ctx.response.body = Object.assign(ctx.state.book, checkBook(ctx, await ctx.request.body.json()));
  })
  .delete("/books/:id", (ctx) => {
    books.delete(ctx.params.id);
    ctx.response.status = 204;
  });

const app = new Application({ bodyLimitBytes: 16 * 1024 });
// An answer that nobody gave a body is a problem too.
app.use(async (ctx, next) => {
  await next();
  if (ctx.response.status === 404) ctx.throw(404, `There is nothing at ${ctx.request.path}`);
});
app.use(router.routes(), router.allowedMethods({ throw: true }));
app.addEventListener("listen", ({ hostname, port }) => {
  console.log(`Listening on http://${hostname}:${port}/books`);
});

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const port = Number(process.env.PORT ?? 8002);
await app.listen({ hostname: "127.0.0.1", port, signal: controller.signal });

/** Gives the fields of a book that `json` has; throws a 422 that says which one is wrong. */
function checkBook(ctx: Context, json: unknown): Partial<Pick<Book, "title" | "year">> {
  if (typeof json !== "object" || json === null) return ctx.throw(422, "A book is a JSON object");
  const book: Partial<Book> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === "title") book.title = checkTitle(ctx, value);
    else if (name === "year") book.year = checkYear(ctx, value);
    else ctx.throw(422, `A book has no "${name}"`);
  }
  return book;
}

function checkTitle(ctx: Context, value: unknown): string {
  const title = typeof value === "string" ? value.trim() : "";
  if (title !== "" && title.length <= MAX_TITLE_LENGTH) return title;
  return ctx.throw(422, `"title" is a text of 1 to ${MAX_TITLE_LENGTH} characters`);
}

function checkYear(ctx: Context, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  return ctx.throw(422, '"year" is a whole number');
}
