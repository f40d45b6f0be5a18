type Message = { data: unknown };
type Callback = () => Promise<unknown>;

/** A browser of tabs, each with Web Locks and a `BroadcastChannel` of its own, which can crash. */
export class FakeBrowser {
  readonly channels = new Set<FakeChannel>();
  readonly #queues = new Map<string, Waiting[]>();
  readonly #delay: () => number;

  /** `delay` says how many milliseconds the next message, or the next lock, is under way. */
  constructor(delay: () => number = () => 0) {
    this.#delay = delay;
  }

  /** Lets the time pass that something is under way. */
  travel(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#delay()));
  }

  /** Runs `open` as code of a new tab. */
  tab<Value>(open: (tab: FakeTab) => Value): { tab: FakeTab; value: Value } {
    const tab = new FakeTab(this);
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    const { BroadcastChannel } = globalThis;
    const set = (name: string, value: unknown) =>
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    set("navigator", { locks: tab });
    set("BroadcastChannel", tab.BroadcastChannel);
    try {
      return { tab, value: open(tab) };
    } finally {
      if (before === undefined) Reflect.deleteProperty(globalThis, "navigator");
      else Object.defineProperty(globalThis, "navigator", before);
      set("BroadcastChannel", BroadcastChannel);
    }
  }

  /** Waits for a lock, and holds it while `callback` runs. */
  request(tab: FakeTab, name: string, signal: AbortSignal, callback: Callback): Promise<unknown> {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        tab,
        isHeld: false,
        run: () =>
          void callback()
            .then(resolve, reject)
            .finally(() => this.#leave(queue, waiting)),
      };
      signal.addEventListener("abort", () => {
        if (waiting.isHeld) return;
        this.#leave(queue, waiting);
        reject(signal.reason);
      });
      queue.push(waiting);
      this.#grant(queue);
    });
  }

  /** Takes all that a tab holds. */
  release(tab: FakeTab): void {
    for (const queue of this.#queues.values()) {
      for (const waiting of queue.filter((other) => other.tab === tab)) this.#leave(queue, waiting);
    }
  }

  #leave(queue: Waiting[], waiting: Waiting): void {
    const at = queue.indexOf(waiting);
    if (at !== -1) queue.splice(at, 1);
    this.#grant(queue);
  }

  #grant(queue: Waiting[]): void {
    void this.travel().then(() => {
      const [first] = queue;
      if (first === undefined || first.isHeld) return;
      first.isHeld = true;
      first.run();
    });
  }
}

interface Waiting {
  readonly tab: FakeTab;
  readonly run: () => void;
  isHeld: boolean;
}

/** A tab of a `FakeBrowser`. */
export class FakeTab {
  readonly browser: FakeBrowser;
  readonly BroadcastChannel: new (
    name: string,
  ) => FakeChannel;
  /** Whether it is in the cache of the history: what others say meanwhile does not come. */
  isAway = false;
  /** Aborts when the tab crashes. */
  readonly crashed = new AbortController();

  constructor(browser: FakeBrowser) {
    const tab = this;
    this.browser = browser;
    this.BroadcastChannel = class extends FakeChannel {
      constructor(name: string) {
        super(name, tab);
      }
    };
  }

  request(name: string, { signal }: { signal: AbortSignal }, callback: Callback): Promise<unknown> {
    return this.browser.request(this, name, signal, callback);
  }

  /** Ends without a word: nothing that it would still say or hear passes. */
  crash(): void {
    this.crashed.abort();
    this.browser.release(this);
  }
}

class FakeChannel {
  onmessage: ((message: Message) => void) | null = null;
  readonly #name: string;
  readonly #tab: FakeTab;
  #isClosed = false;
  /** Messages arrive in the order in which they were sent. */
  #inbox: Promise<void> = Promise.resolve();

  constructor(name: string, tab: FakeTab) {
    this.#name = name;
    this.#tab = tab;
    tab.browser.channels.add(this);
  }

  postMessage(message: unknown): void {
    if (this.#isClosed) throw new DOMException("The channel is closed", "InvalidStateError");
    if (this.#tab.crashed.signal.aborted) return;
    for (const other of this.#tab.browser.channels) {
      if (other === this || other.#name !== this.#name || other.#tab.isAway) continue;
      const data = structuredClone(message);
      other.#inbox = other.#inbox.then(() => this.#tab.browser.travel()).then(() => other.#hear(data));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#tab.browser.channels.delete(this);
  }

  #hear(data: unknown): void {
    if (!this.#isClosed && !this.#tab.crashed.signal.aborted) this.onmessage?.({ data });
  }
}
