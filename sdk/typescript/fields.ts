import { refuse } from "./errors.ts";
import type { Field, Fields, FieldType, Json, Scope } from "./wire.ts";

/** A field with the type of its value. */
export interface Declared<T> extends Omit<Field, "name" | "default"> {
  default?: Json;
  /** Never set: it carries the type alone. */
  readonly of?: T;
}

export type FieldSet = Record<string, Declared<any>>; // a set holds fields of every type

/** The values of fields as a block's functions get them. */
export type ValuesOf<F extends FieldSet> = { -readonly [K in keyof F]: F[K] extends Declared<infer T> ? T : never };

type Rest = Partial<Pick<Field, "title" | "help" | "values" | "min" | "max" | "step" | "secret" | "shared" | "items" | "add" | "rare" | "from">>;

interface Maker<T> {
  /** With a default the value is never null. */
  (options: Rest & { default: T }): Declared<T>;
  (options?: Rest): Declared<T | null>;
}

function maker<T>(scope: Scope, type: FieldType): Maker<T> {
  return ((options: Rest & { default?: Json } = {}) => ({ ...options, scope, type })) as Maker<T>;
}

function scoped(scope: Scope) {
  return {
    /** One line. */
    string: maker<string>(scope, "string"),
    /** Several lines. */
    text: maker<string>(scope, "text"),
    /** An author's HTML. */
    html: maker<string>(scope, "html"),
    /** OLX. */
    xml: maker<string>(scope, "xml"),
    integer: maker<number>(scope, "integer"),
    number: maker<number>(scope, "number"),
    boolean: maker<boolean>(scope, "boolean"),
    /** RFC 3339. */
    time: maker<string>(scope, "time"),
    /** Seconds. */
    duration: maker<number>(scope, "duration"),
    /** A course file's name. */
    file: maker<string>(scope, "file"),
    /** A usage key. */
    usage: maker<string>(scope, "usage"),
    list: <T extends Json = Json>(options?: Rest & { default?: T[] }) => maker<T[]>(scope, "list")({ default: [] as T[], ...options }),
    object: <T extends object = Record<string, Json>>(options?: Rest & { default?: T }) =>
      ({ default: {}, ...options, scope, type: "object" }) as Declared<T>,
    /** Files with captions by language: Studio takes them, and looks at what they hold. */
    captions: (options?: Rest & { default?: Record<string, string> }) =>
      ({ default: {}, ...options, scope, type: "captions" }) as Declared<Record<string, string>>,
    any: maker<Json>(scope, "any"),
  };
}

/** Written by the course team, the same for every use of the content. */
export const content = scoped("content");

/** Written by the course team, for this place in the course. `key` is a secret: calls never see it, services use it by name. */
export const settings = { ...scoped("settings"), key: maker<string>("settings", "key") };

/** One learner's, of this block. */
export const userState = scoped("user_state");

/** One learner's, of this package in this course. */
export const preferences = scoped("preferences");

/** One learner's, in this course. */
export const userInfo = scoped("user_info");

/** All learners' together, of this block: it changes by increment and append alone. */
export const summary = {
  sum: (options: Rest & { default?: number } = {}) => ({ default: 0, ...options, scope: "user_state_summary", type: "integer", shared: "sum" }) as Declared<number>,
  counters: (options: Rest = {}) =>
    ({ default: {}, ...options, scope: "user_state_summary", type: "object", shared: "sum" }) as Declared<Record<string, number>>,
  list: <T extends Json = Json>(options: Rest = {}) =>
    ({ default: [], ...options, scope: "user_state_summary", type: "list", shared: "list" }) as Declared<T[]>,
};

/** The fields as the contract declares them. */
export function declared(fields: FieldSet): Field[] {
  return Object.entries(fields).map(([name, { of: _, ...field }]) => ({ name, ...field }) as Field);
}

const kinds: Partial<Record<FieldType, string>> = {
  string: "string", text: "string", html: "string", xml: "string", time: "string", file: "string", usage: "string",
  integer: "number", number: "number", duration: "number", boolean: "boolean", object: "object", captions: "object",
};

/**
 * The values by name: defaults where a field is unset, or null although it has a default. What is of another type than
 * declared is refused by the field's name.
 */
export function values<F extends FieldSet>(fields: F, given: Fields | null | undefined): ValuesOf<F> {
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = given?.[name] ?? copy(field.default);
    const kind = kinds[field.type];
    if (value !== null && value !== undefined && (kind && typeof value !== kind || field.type === "list" && !Array.isArray(value))) {
      throw refuse(`field ${name}: ${JSON.stringify(value)?.slice(0, 100)} is not of type ${field.type}`);
    }
    out[name] = value ?? null;
  }
  return out as ValuesOf<F>;
}

const copy = (value: Json | undefined): Json | undefined => (typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : value);

const learners: Scope[] = ["user_state", "preferences", "user_info"];

/** The changes of the learner's own fields, among the named ones, that a call has made. */
export function changes(fields: FieldSet, now: Record<string, unknown>, given: Fields | null | undefined, names: string[]) {
  const before = values(fields, given) as Record<string, unknown>;
  return names
    .filter((name) => fields[name] && learners.includes(fields[name].scope) && JSON.stringify(now[name] ?? null) !== JSON.stringify(before[name]))
    .map((name) => ({ set: { field: name, value: (now[name] ?? null) as Json } }));
}
