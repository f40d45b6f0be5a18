/**
 * Tells how the streams are, and sends to those that are open.
 *
 * @module
 */

export const dynamic = "force-dynamic";

globalThis.targets ??= [];

export function GET() {
  return Response.json(
    globalThis.targets.map(({ signal }) => (signal.aborted ? signal.reason.code : "open")),
  );
}

/** Sends the text of the body to all; an empty one closes them. */
export async function POST(request) {
  const text = await request.text();
  for (const target of globalThis.targets) {
    if (text === "") void target.close();
    else target.dispatchMessage(text);
  }
  return GET();
}
