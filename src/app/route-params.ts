/**
 * The parameters of a path, as types: `RouteParams<"/book/:id/:page?">` is `{ id: string; page?: string }`.
 *
 * @module
 */

/**
 * The parameters that the pattern `Path` gives, by name; one that is optional may be missing.
 *
 * Of a pattern that is known only at run time, and of one with expressions of its own, as `/:id(\\d+)`, any name
 * is taken; of one with groups in braces, and of one without parameters, any name that may be missing.
 */
export type RouteParams<Path extends string = string> = string extends Path
  ? Record<string, string>
  : Path extends `${string}(${string}`
    ? Record<string, string>
    : Path extends `${string}{${string}`
      ? Record<string, string | undefined>
      : Known<NamedParams<Path>>;

/** What a middleware is given that was written for the pattern `Path`, or, when that is any, for routes in general. */
export type GivenParams<Path extends string> = string extends Path
  ? // biome-ignore lint/suspicious/noExplicitAny: so that it fits a route of any parameters
    Record<string, any>
  : RouteParams<Path>;

/** The path that a type argument stands for, which is a path, or the parameters of one. */
export type PathOf<Of> = Of extends string ? Of : string;

/** The parameters that a type argument stands for, which is a path, several, or the parameters of one. */
export type ParamsOf<Of> = Of extends string
  ? RouteParams<Of>
  : Of extends readonly unknown[]
    ? RouteParams
    : Of;

/** Takes the names one after another: each begins behind a colon, unless a backslash escapes that. */
type NamedParams<Path extends string> = Path extends `${infer Before}:${infer After}`
  ? Before extends `${string}\\`
    ? NamedParams<After>
    : TakeName<After> extends [infer Name extends string, infer Rest extends string]
      ? Param<Name, Rest> & NamedParams<Rest>
      : never
  : unknown;

type Param<Name extends string, Rest extends string> = Rest extends `${"?" | "*"}${string}`
  ? { [Key in Name]?: string }
  : { [Key in Name]: string };

/** Splits a text behind the name at its beginning. */
type TakeName<Text extends string, Taken extends string = ""> = Text extends `${infer First}${infer Rest}`
  ? First extends NameCharacter
    ? TakeName<Rest, `${Taken}${First}`>
    : [Taken, Text]
  : [Taken, ""];

type Letter =
  | ("a" | "b" | "c" | "d" | "e" | "f" | "g" | "h" | "i" | "j" | "k" | "l" | "m")
  | ("n" | "o" | "p" | "q" | "r" | "s" | "t" | "u" | "v" | "w" | "x" | "y" | "z");

type NameCharacter = Letter | Uppercase<Letter> | `${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}` | "_";

/** One flat type of several; anything, where there is nothing to know. */
type Known<Params> = unknown extends Params
  ? Record<string, string | undefined>
  : { [Name in keyof Params]: Params[Name] };
