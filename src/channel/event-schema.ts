/**
 * Checks what is published by a schema of the application's choice.
 *
 * @see Standard Schema, version 1
 * @module
 */

/** What any validator offers that follows the Standard Schema: Zod, Valibot, ArkType and others. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What is wrong with a value, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The data of each type of event. */
export type EventSchemas = Readonly<Record<string, StandardSchema>>;

/** An event was not published: its data is not what its schema wants. */
export class EventSchemaError extends TypeError {
  override readonly name = "EventSchemaError";
  readonly code = "schema";
  /** The event's type. */
  readonly type: string;
  /** All that is wrong. */
  readonly issues: readonly SchemaIssue[];

  constructor(type: string, issues: readonly SchemaIssue[]) {
    const [first] = issues;
    const where = first?.path?.map(name).join(".");
    const what = first === undefined ? "its schema refuses it" : first.message;
    super(`Cannot publish an event of type ${JSON.stringify(type)}: ${where ? `${where}: ` : ""}${what}`);
    this.type = type;
    this.issues = issues;
  }
}

/** Gives the data as its schema has it; a promise where the schema takes time. Throws, or rejects with, an `EventSchemaError`. */
export function checkBySchema(schema: StandardSchema, type: string, data: unknown): unknown {
  const result = schema["~standard"].validate(data);
  return result instanceof Promise ? result.then((later) => accept(type, later)) : accept(type, result);
}

function accept(type: string, result: SchemaResult<unknown>): unknown {
  if (result.issues !== undefined) throw new EventSchemaError(type, result.issues);
  return result.value;
}

function name(step: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof step === "object" ? step.key : step);
}
