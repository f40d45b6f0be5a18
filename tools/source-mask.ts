/**
 * Blanks what is not code, so that the laws may look for words without being fooled by prose.
 *
 * The masked text has the length and the lines of the original: an offset found in one holds in the other.
 * Comments become spaces; of strings, template literals and regular expressions only the delimiters stay.
 * The `${` and `}` of a template become ` (` and `)`, so the code between them counts as an expression and
 * its brackets stay balanced.
 *
 * @example
 * ```ts
 * maskSource('const a = "import {"; // }').text; // 'const a = "        ";     '
 * ```
 *
 * @module
 */

/** A comment's place in the source: `text.slice(start, end)` holds its delimiters too. */
export interface CommentSpan {
  readonly start: number;
  readonly end: number;
}

/** A source text without its prose. */
export interface MaskedSource {
  /** As long as the original, line for line. */
  readonly text: string;
  /** In source order. */
  readonly comments: readonly CommentSpan[];
}

/** Words after which a slash begins a regular expression, though a name would make it a division. */
const WORDS_BEFORE_REGEX: ReadonlySet<string> = new Set(
  "await case delete do else extends in instanceof new of return throw typeof void yield".split(" "),
);

/** Words whose parentheses are followed by a statement, not by an operator. */
const WORDS_BEFORE_CONDITION: ReadonlySet<string> = new Set(["if", "while", "for", "with"]);

const WORD = /[\w$#@\u0080-\uffff]+/y;
const REGEX_LITERAL = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/[\\\n])+\/[a-z]*/y;

/**
 * Masks one source text, in one pass.
 *
 * A slash after `}` is read as the start of a regular expression when one fits on its line: dividing an
 * object literal is the rarer thing. Text that is not TypeScript gives some masked text, never an error.
 */
export function maskSource(source: string): MaskedSource {
  return new SourceMasker(source).mask();
}

class SourceMasker {
  readonly #source: string;
  readonly #comments: CommentSpan[] = [];
  readonly #pieces: string[] = [];
  #written = 0;
  #position = 0;
  /** Whether what came last ends a value, so that a slash divides it. */
  #valueBefore = false;
  #lastWord = "";
  /** For each open parenthesis: whether it holds the condition of a statement. */
  readonly #parentheses: boolean[] = [];
  /** For each open brace: whether it belongs to a template literal. */
  readonly #braces: boolean[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  mask(): MaskedSource {
    if (this.#source.startsWith("#!")) this.#comment("\n", 0);
    while (this.#position < this.#source.length) this.#step();
    this.#pieces.push(this.#source.slice(this.#written));
    return { text: this.#pieces.join(""), comments: this.#comments };
  }

  #step(): void {
    const character = this.#source.charAt(this.#position);
    if (character.trim() === "") this.#position++;
    else if (character === '"' || character === "'") this.#string(character);
    else if (character === "`") this.#template(this.#position + 1);
    else if (character === "/") this.#slash();
    else if (!this.#word()) this.#punctuator(character);
  }

  #slash(): void {
    const next = this.#source.charAt(this.#position + 1);
    if (next === "/") this.#comment("\n", 0);
    else if (next === "*") this.#comment("*/", 2);
    else if (this.#valueBefore || !this.#regex()) {
      this.#position++;
      this.#valueBefore = false;
    }
  }

  #comment(terminator: string, terminatorLength: number): void {
    const start = this.#position;
    const found = this.#source.indexOf(terminator, start + 2);
    const end = found < 0 ? this.#source.length : found + terminatorLength;
    this.#comments.push({ start, end });
    this.#blank(start, end);
    this.#position = end;
  }

  #string(quote: string): void {
    const start = this.#position;
    let end = start + 1;
    while (end < this.#source.length) {
      const character = this.#source.charAt(end);
      if (character === quote || character === "\n") break;
      end += character === "\\" ? 2 : 1;
    }
    this.#blank(start + 1, Math.min(end, this.#source.length));
    this.#position = end + 1;
    this.#endValue();
  }

  /** Reads a template's text from `start` up to its end or to the code in it. */
  #template(start: number): void {
    let end = start;
    while (end < this.#source.length) {
      const character = this.#source.charAt(end);
      if (character === "`") break;
      if (character === "$" && this.#source.charAt(end + 1) === "{") {
        this.#blank(start, end);
        this.#write(end, end + 2, " (");
        this.#braces.push(true);
        this.#position = end + 2;
        this.#valueBefore = false;
        return;
      }
      end += character === "\\" ? 2 : 1;
    }
    this.#blank(start, Math.min(end, this.#source.length));
    this.#position = end + 1;
    this.#endValue();
  }

  #regex(): boolean {
    REGEX_LITERAL.lastIndex = this.#position;
    if (!REGEX_LITERAL.test(this.#source)) return false;
    const end = REGEX_LITERAL.lastIndex;
    const close = this.#source.lastIndexOf("/", end - 1);
    this.#blank(this.#position + 1, close);
    this.#blank(close + 1, end);
    this.#position = end;
    this.#endValue();
    return true;
  }

  #word(): boolean {
    WORD.lastIndex = this.#position;
    if (!WORD.test(this.#source)) return false;
    const word = this.#source.slice(this.#position, WORD.lastIndex);
    const isProperty = this.#source.charAt(this.#position - 1) === ".";
    this.#valueBefore = isProperty || !WORDS_BEFORE_REGEX.has(word);
    this.#lastWord = isProperty ? "" : word;
    this.#position = WORD.lastIndex;
    return true;
  }

  #punctuator(character: string): void {
    const next = this.#source.charAt(this.#position + 1);
    this.#position++;
    // Neither `x++` nor the `!` of `x!` changes whether a value has just ended.
    if ((character === "+" || character === "-") && next === character) this.#position++;
    else if (character === "}" && this.#braces.pop() === true) {
      this.#write(this.#position - 1, this.#position, ")");
      this.#template(this.#position);
    } else if (character !== "!" || next === "=") {
      this.#valueBefore = this.#bracket(character);
    }
    this.#lastWord = "";
  }

  /** Keeps count of a bracket; gives whether a value ends with this punctuator. */
  #bracket(character: string): boolean {
    if (character === "{") this.#braces.push(false);
    if (character === "(") this.#parentheses.push(WORDS_BEFORE_CONDITION.has(this.#lastWord));
    if (character === ")") return this.#parentheses.pop() !== true;
    return character === "]";
  }

  #endValue(): void {
    this.#valueBefore = true;
    this.#lastWord = "";
  }

  #blank(start: number, end: number): void {
    this.#write(start, end, this.#source.slice(start, end).replace(/[^\n]/g, " "));
  }

  #write(start: number, end: number, replacement: string): void {
    this.#pieces.push(this.#source.slice(this.#written, start), replacement);
    this.#written = end;
  }
}
