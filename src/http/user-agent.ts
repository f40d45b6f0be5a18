/**
 * What a client says it is, by its `User-Agent` header.
 *
 * ```ts
 * const { browser, os } = new UserAgent(request.headers.get("user-agent"));
 * console.log(`${browser.name} ${browser.major} on ${os.name}`); // "Chrome 113 on Mac OS"
 * ```
 *
 * @module
 */

import UAParser from "ua-parser-js";
import { showAs } from "./inspect.ts";

/** The program, such as `Chrome`. */
export interface UserAgentBrowser {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The first part of `version`. */
  readonly major: string | undefined;
}

/** The processor, such as `amd64`. */
export interface UserAgentCpu {
  readonly architecture: string | undefined;
}

/** The machine, such as the `iPhone` of `Apple`. */
export interface UserAgentDevice {
  readonly model: string | undefined;
  /** `console`, `mobile`, `tablet`, `smarttv`, `wearable` or `embedded`; a computer has none. */
  readonly type: string | undefined;
  readonly vendor: string | undefined;
}

/** What lays out pages, such as `Gecko`. */
export interface UserAgentEngine {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/** The operating system, such as `Android`. */
export interface UserAgentOs {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/** Longer headers are cut. */
const MAX_LENGTH = 1024;

/**
 * A `User-Agent` header. Each part is parsed when it is first asked for, and is `undefined` where the header does
 * not tell; a client may say what it likes.
 */
export class UserAgent {
  /** The header, its first 1024 characters; empty for none. */
  readonly ua: string;
  readonly #parser: UAParser.UAParserInstance;
  #browser: UserAgentBrowser | undefined;
  #cpu: UserAgentCpu | undefined;
  #device: UserAgentDevice | undefined;
  #engine: UserAgentEngine | undefined;
  #os: UserAgentOs | undefined;

  static {
    showAs(this, "UserAgent", (userAgent) => userAgent.toJSON());
  }

  constructor(ua: string | null) {
    this.ua = (ua ?? "").slice(0, MAX_LENGTH);
    // Of the empty text the parser would make the runtime's own name.
    this.#parser = new UAParser(this.ua || " ");
  }

  get browser(): UserAgentBrowser {
    if (this.#browser === undefined) {
      const { name, version, major } = this.#parser.getBrowser();
      this.#browser = { name, version, major };
    }
    return this.#browser;
  }

  get cpu(): UserAgentCpu {
    this.#cpu ??= { architecture: this.#parser.getCPU().architecture };
    return this.#cpu;
  }

  get device(): UserAgentDevice {
    if (this.#device === undefined) {
      const { model, type, vendor } = this.#parser.getDevice();
      this.#device = { model, type, vendor };
    }
    return this.#device;
  }

  get engine(): UserAgentEngine {
    if (this.#engine === undefined) {
      const { name, version } = this.#parser.getEngine();
      this.#engine = { name, version };
    }
    return this.#engine;
  }

  get os(): UserAgentOs {
    if (this.#os === undefined) {
      const { name, version } = this.#parser.getOS();
      this.#os = { name, version };
    }
    return this.#os;
  }

  /** All that the header tells. */
  toJSON(): Pick<UserAgent, "browser" | "cpu" | "device" | "engine" | "os" | "ua"> {
    const { browser, cpu, device, engine, os, ua } = this;
    return { browser, cpu, device, engine, os, ua };
  }

  toString(): string {
    return this.ua;
  }
}
