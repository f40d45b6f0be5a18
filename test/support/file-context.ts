import Negotiator from "negotiator";
import { Response } from "../../src/app/response.ts";
import { encodeResponseBody } from "../../src/app/response-body.ts";
import type { StaticFilesContext } from "../../src/middleware/static-files.ts";

/** What a client sends, as far as it is no default. */
export interface FileRequestInit {
  method?: string;
  headers?: Record<string, string>;
}

/** The smallest context that files can be sent to: it knows no application and no server. */
export class FileContext implements StaticFilesContext {
  readonly request: StaticFilesContext["request"];
  readonly response: Response = new Response();
  readonly url: URL;

  constructor(path = "/", { method = "GET", headers = {} }: FileRequestInit = {}) {
    this.url = new URL(path, "http://host.test");
    const negotiator = new Negotiator({ headers });
    this.request = {
      method,
      url: this.url,
      headers: new Headers(headers),
      acceptsEncodings: (...encodings) => negotiator.encodings(encodings)[0],
    };
  }

  /** The headers that are set, and the content type that they and the type make. */
  get headers(): Record<string, string> {
    return Object.fromEntries(this.response.headerList());
  }

  /** Reads the body to its end. */
  async bytes(): Promise<Uint8Array> {
    const { content } = await encodeResponseBody(this.response.body);
    return new Uint8Array(await new globalThis.Response(content).arrayBuffer());
  }

  /** Reads the body to its end, as text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }
}
