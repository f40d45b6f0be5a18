/** Reads `stream` until its text matches, and gives all of the text so far. */
export async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  text: string | RegExp,
  before = "",
): Promise<string> {
  let all = before;
  const has = () => (typeof text === "string" ? all.includes(text) : text.test(all));
  while (!has()) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`Ended before ${text} came: ${JSON.stringify(all)}`);
    all += new TextDecoder().decode(value);
  }
  return all;
}
