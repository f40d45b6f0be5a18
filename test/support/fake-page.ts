type Listener = (event: Event) => void;

const NAMES = ["document", "addEventListener"] as const;

/** A page around the test: a document, and a window that hears its events, until `remove`. */
export class FakePage {
  readonly #listeners = new Set<{ type: string; listener: Listener }>();
  readonly #before = NAMES.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  #isHidden = false;

  constructor() {
    const page = this;
    const fakes = {
      document: {
        get hidden() {
          return page.#isHidden;
        },
      },
      addEventListener: (type: string, listener: Listener, { signal }: { signal: AbortSignal }) => {
        const entry = { type, listener };
        this.#listeners.add(entry);
        signal.addEventListener("abort", () => this.#listeners.delete(entry));
      },
    };
    for (const name of NAMES) {
      Object.defineProperty(globalThis, name, { value: fakes[name], configurable: true, writable: true });
    }
  }

  /** How many listen to the window. */
  get listeners(): number {
    return this.#listeners.size;
  }

  hide(): void {
    this.#isHidden = true;
    this.emit("visibilitychange");
  }

  show(): void {
    this.#isHidden = false;
    this.emit("visibilitychange");
  }

  emit(type: string, fields: object = {}): void {
    const event = Object.assign(new Event(type), fields);
    for (const entry of [...this.#listeners]) if (entry.type === type) entry.listener(event);
  }

  /** Takes the page away again. */
  remove(): void {
    for (const [name, descriptor] of this.#before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}
