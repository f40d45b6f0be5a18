import { build } from "esbuild";

/** The client as one script for a page, minified; it sets the global `client`. */
export async function bundleClient(format: "esm" | "iife" = "iife"): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: ["src/client.ts"],
    bundle: true,
    minify: true,
    format,
    ...(format === "iife" ? { globalName: "client" } : {}),
    write: false,
  });
  return (outputFiles[0] as { contents: Uint8Array }).contents;
}
